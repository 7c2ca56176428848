// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace retort::report {

/// A curve for a terminal, with its axes, in `width` columns and `height` lines and a few more for labels:
/// dots of Braille in Unicode, or asterisks. Points that cannot be drawn are left out; empty without points.
std::string text_plot(const std::string& title, const std::vector<std::pair<double, double>>& points,
                      size_t width, size_t height, bool is_unicode);

}  // namespace retort::report
