// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "retort/config/node.h"

namespace retort::config {

/// The configuration as OmegaConf.to_yaml writes it, byte for byte: block style but for [] and {}, lists not
/// indented below their key, quotes where bare text would read as something else, long text folded at 80
/// columns. Interpolations and ??? stand as they are.
std::string to_yaml(const Node& node);

}  // namespace retort::config
