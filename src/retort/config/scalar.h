// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "retort/config/node.h"

namespace retort::config {

/// What YAML 1.1 says that unquoted text is.
enum class ScalarKind { text, null, boolean, integer, floating, timestamp, merge, value };

/// The kind that PyYAML's own rules give, by which its writer decides what needs quotes.
ScalarKind plain_scalar_kind(std::string_view text);

/// The value of unquoted text in a file as OmegaConf reads it: PyYAML's rules (yes and off are booleans, 010
/// is 8, 1:30 is 90, 1_000 is 1000), but 1e3 is a float and dates stay text. Throws std::invalid_argument
/// with a reason where PyYAML finds no value: `=`, `<<`, 0b_, an integer beyond 64 bits.
Node plain_scalar(std::string_view text);

/// Whether Python's int(text) or float(text) takes the text.
bool is_python_number(std::string_view text);

}  // namespace retort::config
