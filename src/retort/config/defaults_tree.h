// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "retort/config/defaults_list.h"
#include "retort/config/group_overrides.h"
#include "retort/config/repository.h"

namespace retort::config {

/// A config and the configs that its defaults list asks for, in their order.
struct DefaultsTree {
  DefaultEntry entry;
  bool is_root = false;  // above hydra/config and the primary config; has no entry
  bool is_leaf = true;   // asks for nothing
  std::vector<DefaultsTree> children{};
};

/// Follows the defaults lists from hydra/config and the primary config on. `skips_missing` leaves out `group:
/// ???` where it would be an Error.
DefaultsTree build_defaults_tree(Repository& repository, const std::optional<std::string>& config_name,
                                 GroupOverrides& overrides, bool skips_missing);

}  // namespace retort::config
