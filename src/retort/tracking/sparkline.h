// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace retort::tracking {

/// Values as a line of bars, lowest to highest, at most `width` columns: neighbours are averaged where there
/// are more. Values that are not finite are left out. "▁▂▃▄▅▆▇█", or "_.-=#" in ASCII.
std::string sparkline(const std::vector<double>& values, size_t width, bool is_unicode);

}  // namespace retort::tracking
