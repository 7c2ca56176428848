// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "retort/config/reader.h"

namespace retort::config {

/// Reads {3: 3.5, 7: -1}: a number for some classes, in the order written. Null or absent gives nothing.
std::vector<std::pair<int64_t, double>> read_class_numbers(Reader& reader, std::string_view key);

}  // namespace retort::config
