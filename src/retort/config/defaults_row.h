// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "retort/config/defaults_tree.h"
#include "retort/config/source.h"

namespace retort::config {

/// One config to merge.
struct DefaultsRow {
  std::string config_path;
  std::string package;                // "" is the root
  std::optional<std::string> parent;  // the config whose defaults list asked for it
  bool is_self = false;               // `_self_` of config_path
  bool is_primary = false;
  std::optional<std::string> override_key;  // of an option of a group
  Source source;                            // of the entry that asked for it
};

/// The tree in the order of merging. An Error (config) for a group that stands in it twice.
std::vector<DefaultsRow> flatten(const DefaultsTree& tree);

}  // namespace retort::config
