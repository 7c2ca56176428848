// SPDX-License-Identifier: MIT
#include "retort/config/repository.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "retort/config/interpolation.h"
#include "retort/config/yaml_reader.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  const size_t first = text.find_first_not_of(kBlanks);
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  for (size_t begin = 0; (begin = text.find_first_not_of(' ', begin)) != text.npos;) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    result.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  return result;
}

/// The package in the comment lines "# @key value" with which a file may start.
std::optional<std::string> read_header(std::string_view text, const std::string& name) {
  constexpr size_t kHeaderBytes = 512;
  std::optional<std::string> package;
  text = text.substr(0, kHeaderBytes);
  for (int line_number = 1; !text.empty(); ++line_number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    if (line[0] != '#' || !trim(line.substr(1)).starts_with('@')) break;
    const std::vector<std::string> parts = words(line.substr(line.find_first_not_of('#')));
    if (parts.size() != 2)
      throw Error(ExitCode::config, fmt::format("{}:{}:1: expected '# @package NAME', found '{}'", name,
                                                line_number, printable(line)));
    if (parts[0] == "@package") package = parts[1];
  }
  return package;
}

std::vector<std::string> sorted(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

}  // namespace

void check_limits(const NodeSize& size) {
  constexpr ConfigLimits kLimits;
  if (size.values > kLimits.values)
    throw Error(ExitCode::config,
                fmt::format("the configuration files together hold more than {} values", kLimits.values));
  if (size.bytes > kLimits.bytes)
    throw Error(ExitCode::config, fmt::format("the configuration files together hold more than {} of text",
                                              human_bytes(kLimits.bytes)));
}

void Repository::insert_before_last(std::vector<std::unique_ptr<ConfigSource>> sources) {
  sources_.insert(std::prev(sources_.end()), std::make_move_iterator(sources.begin()),
                  std::make_move_iterator(sources.end()));
}

const LoadedConfig* Repository::load(const std::string& config) {
  const auto known = loaded_.find(config);
  if (known != loaded_.end()) return known->second ? &*known->second : nullptr;

  std::optional<LoadedConfig>& loaded = loaded_[config];
  for (const auto& source : sources_) {
    if (!source->is_config(config)) continue;
    const std::string name = source->display_name(config);
    const std::string text = source->read(config);
    LoadedConfig result{read_yaml(text, name), {}, read_header(text, name), name};
    check_limits(size_ += size_of(result.content));
    check_interpolations(result.content);
    if (const Node* defaults = result.content.find("defaults")) {
      result.defaults = read_defaults_list(*defaults, config);
      result.content.erase("defaults");
    }
    loaded = std::move(result);
    return &*loaded;
  }
  return nullptr;
}

bool Repository::is_config(const std::string& path) const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [&](const auto& source) { return source->is_config(path); });
}

bool Repository::is_group(const std::string& path) const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [&](const auto& source) { return source->is_group(path); });
}

std::vector<std::string> Repository::options(const std::string& group) const {
  std::set<std::string> names;
  for (const auto& source : sources_) {
    if (!source->is_group(group)) continue;
    for (std::string& name : source->configs_in(group)) names.insert(std::move(name));
  }
  return sorted(names);
}

std::vector<std::string> Repository::groups(const std::string& group) const {
  std::set<std::string> names;
  for (const auto& source : sources_) {
    if (!source->is_group(group)) continue;
    for (std::string& name : source->groups_in(group)) names.insert(std::move(name));
  }
  return sorted(names);
}

std::string Repository::search_path_text() const {
  std::string text;
  for (const auto& source : sources_) text += "\n\t" + source->to_string();
  return text;
}

}  // namespace retort::config
