// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "retort/config/defaults_list.h"
#include "retort/config/override.h"
#include "retort/config/repository.h"

namespace retort::config {

/// A config and the configs that its defaults list asks for, in their order.
struct DefaultsTree {
  DefaultEntry entry;
  bool is_root = false;  // above hydra/config and the primary config; has no entry
  bool is_leaf = true;   // asks for nothing
  std::vector<DefaultsTree> children;
};

/// One config to merge.
struct DefaultsRow {
  std::string config_path;
  std::string package;                // "" is the root
  std::optional<std::string> parent;  // the config whose defaults list asked for it
  bool is_self = false;               // `_self_` of config_path
  bool is_primary = false;
  std::optional<std::string> override_key;  // of an option of a group
};

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
    std::string line;    // of the command line
    bool is_used = false;
  };
  struct Deletion {
    std::string key;
    std::optional<std::string> option;
    std::string line;
    bool is_used = false;
  };
  Choice* find(const std::string& key);

  std::vector<Override> config_overrides_;
  std::vector<DefaultEntry> appended_;
  std::vector<Choice> overridden_;
  std::vector<Deletion> deletions_;
  std::vector<std::pair<std::string, std::optional<std::string>>> choices_;
  std::map<std::string, std::set<std::string>> keys_by_group_;
};

/// Follows the defaults lists from hydra/config and the primary config on. `skips_missing` leaves out `group:
/// ???` where it would be an Error.
DefaultsTree build_defaults_tree(Repository& repository, const std::optional<std::string>& config_name,
                                 GroupOverrides& overrides, bool skips_missing);

/// The tree in the order of merging.
std::vector<DefaultsRow> flatten(const DefaultsTree& tree);

}  // namespace retort::config
