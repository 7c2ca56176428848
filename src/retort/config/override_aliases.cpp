// SPDX-License-Identifier: MIT
#include "retort/config/override_aliases.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/config/override.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

[[noreturn]] void fail(const Node& node, const std::string& message) {
  throw Error(ExitCode::config, node.source().as_prefix() + message);
}

/// An override in three: "++", "key@package", "=value". Each may be empty.
struct Parts {
  std::string_view sign, key, value;
};

Parts split(std::string_view override) {
  const size_t sign = override.starts_with("++") ? 2 : override.starts_with('+') || override.starts_with('~');
  size_t end = sign;
  while (end < override.size() && override[end] != '=')
    end += override[end] == '\\' && end + 1 < override.size() ? 2 : 1;
  return {override.substr(0, sign), override.substr(sign, end - sign), override.substr(end)};
}

bool is_key_alone(std::string_view target) { return split(target).value.empty(); }

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    std::string_view name = list.substr(begin, end - begin);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    names.emplace_back(name);
    begin = end + 1;
  }
  return names;
}

void check_name(const Node& target, const std::string& name) {
  const Parts parts = split(name);
  if (name.empty() || parts.key != name)
    fail(target, fmt::format("the alias '{}' must be a key alone, without '=', '+' or '~'", printable(name)));
  parse_override(name + "=null");
}

void check_target(const Node& target) {
  const std::string& text = target.as_string();
  const Parts parts = split(text);
  if (parts.value.empty() && !parts.sign.empty())
    fail(target,
         fmt::format("what an alias of a key stands for has no '{}': '{}'", parts.sign, printable(text)));
  parse_override(parts.value.empty() ? text + "=null" : text);
}

}  // namespace

OverrideAliases OverrideAliases::from(const Node& primary) {
  OverrideAliases result;
  const Node* hydra = primary.find("hydra");
  if (hydra == nullptr || hydra->is_null()) return result;
  const Node* definitions = hydra->find("aliases");
  if (definitions == nullptr && !hydra->is_interpolation()) return result;
  if (definitions == nullptr || !definitions->is_dict())
    fail(definitions == nullptr ? *hydra : *definitions,
         "hydra.aliases must be a dictionary of names and what they stand for, written out");
  for (const auto& [names, target] : definitions->as_dict()) {
    if (names.kind() != Key::Kind::text || !target.is_string() || target.is_interpolation())
      fail(target, fmt::format("the alias '{}' must be text and stand for a key or an override, written out",
                               printable(names.text())));
    try {
      check_target(target);
      for (const std::string& name : names_in(names.text())) {
        check_name(target, name);
        if (!result.places_.emplace(name, result.aliases_.size()).second)
          fail(target, fmt::format("the alias '{}' is given twice", name));
        result.aliases_.emplace_back(name, target.as_string());
      }
    } catch (const Error& error) {
      throw Error(ExitCode::config, fmt::format("hydra.aliases: {}", error.what()));
    }
  }
  // A job of a sweep is given what was expanded already, and expands it again.
  for (const auto& [name, target] : result.aliases_) {
    const std::string meant = is_key_alone(target) ? target + "=null" : target;
    if (result.expand(meant) != meant)
      fail(*definitions, fmt::format("hydra.aliases: '{}' stands for '{}', which is an alias itself",
                                     printable(name), printable(target)));
  }
  return result;
}

const std::string* OverrideAliases::find(std::string_view name) const {
  const auto found = places_.find(std::string(name));
  return found == places_.end() ? nullptr : &aliases_[found->second].second;
}

std::string OverrideAliases::expand(const std::string& override) const {
  const Parts typed = split(override);
  const std::string* target = find(typed.key);
  if (target == nullptr) return override;
  const Parts meant = split(*target);
  if (!meant.value.empty()) {
    if (!typed.value.empty()) return override;
    return fmt::format("{}{}{}", typed.sign.empty() ? meant.sign : typed.sign, meant.key, meant.value);
  }
  if (typed.value.empty() && typed.sign != "~")
    throw Error(ExitCode::config,
                fmt::format("the alias '{}' stands for the key '{}' and needs a value: {}=VALUE",
                            printable(typed.key), printable(*target), printable(override)));
  return fmt::format("{}{}{}", typed.sign, *target, typed.value);
}

std::vector<std::string> OverrideAliases::typed() const {
  std::vector<std::string> result;
  for (const auto& [name, target] : aliases_) result.push_back(is_key_alone(target) ? name + "=" : name);
  return result;
}

std::string OverrideAliases::to_text() const {
  std::string text;
  for (const auto& [name, target] : aliases_) {
    const std::string_view value = is_key_alone(target) ? "=VALUE" : "";
    text += fmt::format("{}{} -> {}{}\n", name, value, target, value);
  }
  return text;
}

}  // namespace retort::config
