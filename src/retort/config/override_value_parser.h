// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include "retort/config/override_value.h"

namespace retort::config {

constexpr size_t kMostOverrideValues = 20'000;  // as in a file

/// Reads line[from:], the value of an override: an element, or several with commas between them, which are a
/// sweep.
Element parse_override_value(std::string_view line, size_t from);

}  // namespace retort::config
