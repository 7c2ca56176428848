// SPDX-License-Identifier: MIT
#include "retort/config/defaults_list.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr std::string_view kGlobal = "_global_";

[[noreturn]] void fail(const Node& item, const std::string& config, const std::string& message) {
  const std::string where = item.source().to_string();
  throw Error(ExitCode::config,
              fmt::format("{}: defaults list: {}", where.empty() ? config : where, message));
}

std::string without_leading_slash(const std::string& path) {
  return path.starts_with('/') ? path.substr(1) : path;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

std::string with_dots(std::string path) {
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

// `path` in `folder`, unless it is absolute.
std::string join_path(const std::string& folder, const std::string& path) {
  if (path.starts_with('/')) return path.substr(1);
  if (folder.empty() || path.empty()) return folder.empty() ? path : folder;
  return folder + "/" + path;
}

// "group@package" and the old renaming form "group@package:new".
void split_package(const std::string& text, DefaultEntry& entry) {
  const size_t at = text.find('@');
  entry.path = text.substr(0, at);
  if (at == text.npos) return;
  const std::string package = text.substr(at + 1);
  entry.package = package.substr(0, package.find(':'));
  if (entry.package == "_here_") entry.package = "";
}

// Words before the group: optional, override.
void take_keywords(DefaultEntry& entry) {
  const size_t last = entry.path.rfind(' ');
  if (last == std::string::npos) return;
  for (size_t begin = 0; begin <= last;) {
    const size_t end = entry.path.find(' ', begin);
    const std::string word = entry.path.substr(begin, end - begin);
    if (word == "optional")
      entry.is_optional = true;
    else if (word == "override")
      entry.is_override = true;
    else
      break;
    begin = end + 1;
  }
  entry.path.erase(0, last + 1);
}

DefaultEntry read_config_entry(const Node& item, const std::string& config) {
  DefaultEntry entry;
  split_package(item.as_string(), entry);
  if (entry.is_self() && entry.package) fail(item, config, "_self_@PACKAGE is not supported");
  return entry;
}

DefaultEntry read_group_entry(const Node& item, const std::string& config) {
  const Node::Dict& dict = item.as_dict();
  if (dict.empty()) fail(item, config, "an entry {} names no group");
  if (dict.size() > 1) {
    const std::string& second = dict[1].first.text();
    fail(item, config,
         fmt::format("too many keys in one entry: '{}', '{}'; each stands on a line of its own with '- '",
                     printable(dict[0].first.text()), printable(second)));
  }
  const auto& [key, value] = dict[0];
  if (key.kind() != Key::Kind::text) fail(item, config, fmt::format("a group is text, not {}", key.text()));

  DefaultEntry entry;
  entry.kind = DefaultEntry::Kind::group;
  split_package(key.text(), entry);
  take_keywords(entry);
  if (entry.path.empty()) fail(item, config, "the entry names no group");
  if (value.is_list()) {
    entry.has_options = true;
    for (const Node& option : value.as_list()) {
      if (!option.is_string())
        fail(item, config,
             fmt::format("'{}': an option is text, not {}", printable(key.text()), describe(option)));
      entry.options.push_back(option.as_string());
    }
  } else if (value.is_string()) {
    entry.option = value.as_string();
  } else if (!value.is_null()) {
    fail(item, config,
         fmt::format("'{}': expected an option's name, a list of names or null, found {}",
                     printable(key.text()), describe(value)));
  }
  return entry;
}

}  // namespace

bool DefaultEntry::is_interpolation() const {
  if (kind == Kind::config) return path.find("${") != std::string::npos;
  return !has_options && option && option->find("${") != std::string::npos;
}

void DefaultEntry::place_in(const std::string& folder, const std::string& package_of_parent) {
  parent_folder = folder;
  parent_package = package_of_parent;
  if (!package) return;
  constexpr std::string_view kGroup = "_group_";
  size_t at = package->find(kGroup);
  if (at == std::string::npos) return;
  const std::string own = with_dots(group_path());
  for (; at != std::string::npos; at = package->find(kGroup, at + own.size()))
    package->replace(at, kGroup.size(), own);
  package = std::string(kGlobal) + "." + *package;
}

// A header is absolute.
void DefaultEntry::set_header(const std::optional<std::string>& package_header) {
  if (!package_header) return;
  header = *package_header;
  if (header == kGlobal || header->starts_with(std::string(kGlobal) + ".")) return;
  header = header->empty() ? std::string(kGlobal) : std::string(kGlobal) + "." + *header;
}

std::optional<std::string> DefaultEntry::name() const {
  if (kind == Kind::group) return option;
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string DefaultEntry::group_path() const {
  if (kind == Kind::group) return join_path(parent_folder, path);
  const std::string folder = folder_of(without_leading_slash(path));
  return path.starts_with('/') ? folder : join_path(parent_folder, folder);
}

std::string DefaultEntry::config_path() const {
  if (kind == Kind::group) return fmt::format("{}/{}", group_path(), option.value_or("None"));
  return join_path(parent_folder, path);
}

std::string DefaultEntry::final_package(bool with_header) const {
  const std::string own_path = without_leading_slash(path);
  std::string own = with_dots(kind == Kind::group ? own_path : folder_of(own_path));
  if (package)
    own = *package;
  else if (with_header && header)
    own = *header;

  std::string whole = parent_package;
  if (!own.empty()) whole += (whole.empty() ? "" : ".") + own;
  // What stands before the last _global_ does not count.
  const size_t global = whole.rfind(kGlobal);
  if (global == whole.npos) return whole;
  const size_t begin = global + kGlobal.size() + 1;
  return begin >= whole.size() ? "" : whole.substr(begin);
}

std::string DefaultEntry::override_key() const {
  const std::string group = group_path();
  const std::string own_package = final_package(/*with_header=*/false);
  if (own_package == with_dots(group)) return group;
  return fmt::format("{}@{}", group, own_package.empty() ? kGlobal : own_package);
}

std::vector<DefaultEntry> read_defaults_list(const Node& list, const std::string& config) {
  if (!list.is_list()) fail(list, config, fmt::format("expected a list, found {}", describe(list)));
  std::vector<DefaultEntry> entries;
  for (const Node& item : list.as_list()) {
    if (!item.is_string() && !item.is_dict())
      fail(item, config,
           fmt::format("expected a config's name or 'group: option', found {}", describe(item)));
    entries.push_back(item.is_string() ? read_config_entry(item, config) : read_group_entry(item, config));
    entries.back().source = item.source();
  }
  return entries;
}

}  // namespace retort::config
