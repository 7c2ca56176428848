// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "retort/config/defaults_list.h"
#include "retort/config/override.h"
#include "retort/config/repository.h"

namespace retort::config {

/// What the overrides want of the defaults lists, and what came of it.
class GroupOverrides {
 public:
  /// Those whose key is a group of the search path; others are left to config_overrides(). Sweeps are left
  /// out.
  GroupOverrides(const Repository& repository, const std::vector<Override>& overrides);

  const std::vector<Override>& config_overrides() const { return config_overrides_; }
  const std::vector<DefaultEntry>& appended() const { return appended_; }
  /// The option of each group, by override key, in the order of the search; none for null.
  const std::vector<std::pair<std::string, std::optional<std::string>>>& choices() const { return choices_; }

  /// Notes `override group: option` of the list of `parent`; the first one wins, and the command line over
  /// all.
  void add(const DefaultEntry& entry, const std::string& parent);
  /// Changes the entry's option when an override says so; false otherwise.
  bool apply(DefaultEntry& entry);
  /// Whether `~group` removes the entry.
  bool deletes(const DefaultEntry& entry);
  /// Notes the option that was chosen; an Error when another one was chosen before.
  void note_choice(const DefaultEntry& entry);
  /// An Error for the first override that met no entry.
  void check_all_used() const;

 private:
  struct Choice {
    std::string key;
    DefaultEntry value;  // its option or options
    std::string parent;  // config whose list holds it; "" for the command line
    Source place{};      // of the group's name
    bool is_used = false;
  };
  struct Deletion {
    std::string key;
    std::optional<std::string> option;
    Source place{};
    bool is_used = false;
  };
  Choice* find(const std::string& key);
  void choose(Choice choice);

  std::vector<Override> config_overrides_;
  std::vector<DefaultEntry> appended_;
  std::vector<Choice> overridden_;
  std::vector<Deletion> deletions_;
  std::vector<std::pair<std::string, std::optional<std::string>>> choices_;
  // Where each key stands in these.
  std::unordered_map<std::string, size_t> overridden_places_, deletion_places_, choice_places_;
  std::map<std::string, std::set<std::string>> keys_by_group_;
};

}  // namespace retort::config
