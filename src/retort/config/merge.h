// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::config {

/// Gives what an interpolation stands for when that is a dictionary or a list, else nullptr; `parent_path`
/// are the keys of the dictionary that holds it.
using FindContainer =
    std::function<const Node*(const Node& interpolation, const std::vector<std::string>& parent_path)>;

/// Merges `over` into `base` as OmegaConf does: dictionaries key by key, lists and values replaced, ???
/// leaves what is there. An interpolation in `base` that stands for a dictionary becomes that dictionary
/// first. A dictionary and a list cannot be merged: an Error (config) names both places.
void merge_into(Node& base, const Node& over, const FindContainer& find_container = {});

/// The same, into a copy.
Node merged(Node base, const Node& over);

}  // namespace retort::config
