// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "retort/config/node.h"

namespace retort::config {

/// str() of a value in Python: True, None, 1e-05, text, [1, 'a'], {'a': 1}. Interpolations paste values in
/// this form.
std::string python_str(const Node& node);
/// repr() of a value in Python; text stands in quotes.
std::string python_repr(const Node& node);
std::string python_repr(std::string_view text);

}  // namespace retort::config
