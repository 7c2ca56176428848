// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "retort/config/override.h"

namespace retort::config {

/// Reads what stands before the equal sign of an override: sign, key or group, package; into `result`.
/// Returns where the value begins, or nothing in `~key`.
std::optional<size_t> parse_override_key(std::string_view line, Override& result);

}  // namespace retort::config
