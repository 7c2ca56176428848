// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "retort/config/node.h"

namespace retort::config {

/// What a YAML text may be at most; checked before anything of that size is built.
struct YamlLimits {
  size_t bytes = 256 << 10;  // also of what aliases repeat
  size_t depth = 64;         // lists and dictionaries in one another
  size_t nodes = 20'000;     // values, with those that aliases and merge keys repeat
};

/// Reads one YAML document as OmegaConf.load does: YAML 1.1 with PyYAML's rules for plain scalars, duplicate
/// keys refused, anchors copied, merge keys (`<<`) applied. Each value knows its line and column in `name`.
/// An empty text is an empty dictionary; a text that is one word is a dictionary with that key and null. An
/// Error (config) names the place: "conf/train.yaml:3:5: duplicate key 'lr'".
Node read_yaml(std::string_view text, const std::string& name, const YamlLimits& limits = {});

}  // namespace retort::config
