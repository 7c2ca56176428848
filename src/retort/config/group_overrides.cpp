// SPDX-License-Identifier: MIT
#include "retort/config/group_overrides.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

[[noreturn]] void fail(const Source& place, const std::string& message) {
  throw Error(ExitCode::config, message + place.caret());
}

/// An entry of a defaults list with the value of an override.
DefaultEntry to_entry(const Override& override) {
  DefaultEntry entry;
  entry.kind = DefaultEntry::Kind::group;
  entry.path = override.key_or_group;
  entry.package = override.package;
  if (entry.package == "_here_") entry.package = "";
  entry.source = override.value_source();
  const Node& value = override.value;
  if (value.is_string()) {
    entry.option = value.as_string();
    return entry;
  }
  if (!value.is_list() || override.extends_list)
    fail(
        override.value_source(),
        fmt::format(
            "override '{}': '{}' is a config group; its value is an option's name or a list of names, not {}",
            override.line, override.key_or_group, describe(value)));
  entry.has_options = true;
  for (const Node& option : value.as_list()) {
    if (!option.is_string())
      fail(option.source(),
           fmt::format("override '{}': an option's name is text, not {}", override.line, describe(option)));
    entry.options.push_back(option.as_string());
  }
  return entry;
}

std::string value_text(const DefaultEntry& entry) {
  if (!entry.has_options) return entry.option.value_or("null");
  return "[" + join(entry.options, ",") + "]";
}

}  // namespace

GroupOverrides::GroupOverrides(const Repository& repository, const std::vector<Override>& overrides) {
  for (const Override& override : overrides) {
    if (override.sweep) continue;
    if (override.value.is_dict() || !repository.is_group(override.key_or_group)) {
      config_overrides_.push_back(override);
      continue;
    }
    if (override.key_or_group.empty())
      fail(override.key_source(), fmt::format("override '{}' names no config group", override.line));
    const std::string key =
        override.package ? override.key_or_group + "@" + *override.package : override.key_or_group;
    switch (override.kind) {
      case Override::Kind::force_add:
        fail({.where = override.line, .column = 1},
             fmt::format("force-add of config groups is not supported: '{}'", override.line));
      case Override::Kind::remove:
        if (!override.value.is_null() && !override.value.is_string())
          fail(override.value_source(), fmt::format("override '{}': the option to delete is a name, not {}",
                                                    override.line, describe(override.value)));
        if (deletion_places_.emplace(key, deletions_.size()).second) deletions_.emplace_back();
        deletions_[deletion_places_[key]] = {
            key, override.value.is_string() ? std::optional(override.value.as_string()) : std::nullopt,
            override.key_source(), false};
        break;
      case Override::Kind::add:
        appended_.push_back(to_entry(override));
        appended_.back().is_appended = true;
        break;
      case Override::Kind::change:
        if (Choice* known = find(key)) {
          known->value = to_entry(override);
          known->place = override.key_source();
        } else {
          choose({key, to_entry(override), "", override.key_source(), false});
        }
        break;
    }
  }
}

GroupOverrides::Choice* GroupOverrides::find(const std::string& key) {
  const auto found = overridden_places_.find(key);
  return found == overridden_places_.end() ? nullptr : &overridden_[found->second];
}

void GroupOverrides::choose(Choice choice) {
  overridden_places_.emplace(choice.key, overridden_.size());
  overridden_.push_back(std::move(choice));
}

void GroupOverrides::add(const DefaultEntry& entry, const std::string& parent) {
  const std::string key = entry.override_key();
  if (find(key) == nullptr) choose({key, entry, parent, entry.source, false});
}

bool GroupOverrides::apply(DefaultEntry& entry) {
  if (entry.kind != DefaultEntry::Kind::group) return false;
  Choice* choice = find(entry.override_key());
  if (choice == nullptr) return false;
  entry.option = choice->value.option;
  entry.options = choice->value.options;
  entry.has_options = choice->value.has_options;
  entry.source = choice->value.source;
  choice->is_used = true;
  return true;
}

bool GroupOverrides::deletes(const DefaultEntry& entry) {
  if (entry.kind != DefaultEntry::Kind::group) return false;
  const auto found = deletion_places_.find(entry.override_key());
  if (found == deletion_places_.end()) return false;
  Deletion& deletion = deletions_[found->second];
  if (deletion.option && deletion.option != entry.option) return false;
  return deletion.is_used = true;
}

void GroupOverrides::note_choice(const DefaultEntry& entry) {
  if (entry.kind != DefaultEntry::Kind::group) return;
  const std::string key = entry.override_key();
  const auto [place, is_new] = choice_places_.emplace(key, choices_.size());
  if (is_new) choices_.emplace_back(key, entry.option);
  if (const auto& known = choices_[place->second].second; known != entry.option)
    fail(entry.source, fmt::format("Multiple values for {}{}. To override a value use 'override {}: {}'", key,
                                   entry.source.in_parentheses(), key, known.value_or("null")));
  keys_by_group_[entry.group_path()].insert(key);
}

void GroupOverrides::check_all_used() const {
  for (const Choice& choice : overridden_) {
    if (choice.is_used) continue;
    const auto group = keys_by_group_.find(choice.key.substr(0, choice.key.find('@')));
    const std::string from =
        choice.parent.empty() ? "" : fmt::format("In '{}' ({}): ", choice.parent, choice.place.to_string());
    std::string message = fmt::format("{}Could not override '{}'.", from, choice.key);
    if (group == keys_by_group_.end()) {
      std::vector<std::string> known;
      for (const auto& [name, keys] : keys_by_group_) known.push_back(name);
      message += " No match in the defaults list." + did_you_mean(choice.key, known);
    } else {
      const std::vector<std::string> keys(group->second.begin(), group->second.end());
      message +=
          fmt::format("\nDid you mean to override {}{}?", keys.size() > 1 ? "one of " : "", join(keys, ", "));
    }
    if (choice.parent.empty())
      message +=
          fmt::format("\nTo append to your default list use +{}={}", choice.key, value_text(choice.value));
    fail(choice.place, message);
  }
  for (const Deletion& deletion : deletions_)
    if (!deletion.is_used)
      fail(deletion.place, fmt::format("Could not delete '{}{}'. No match in the defaults list", deletion.key,
                                       deletion.option ? "=" + *deletion.option : ""));
}

}  // namespace retort::config
