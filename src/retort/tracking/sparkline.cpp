// SPDX-License-Identifier: MIT
#include "retort/tracking/sparkline.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retort::tracking {
namespace {

std::vector<double> averaged(const std::vector<double>& values, size_t width) {
  if (values.size() <= width) return values;
  std::vector<double> means;
  for (size_t i = 0; i < width; ++i) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * values.size() / width);
    const auto end = values.begin() + static_cast<std::ptrdiff_t>((i + 1) * values.size() / width);
    means.push_back(std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin));
  }
  return means;
}

}  // namespace

std::string sparkline(const std::vector<double>& values, size_t width, bool is_unicode) {
  static const std::vector<std::string> unicode = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static const std::vector<std::string> ascii = {"_", ".", "-", "=", "#"};
  const std::vector<std::string>& bars = is_unicode ? unicode : ascii;
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  if (finite.empty()) return {};
  const std::vector<double> shown = averaged(finite, width);
  const auto [low, high] = std::minmax_element(shown.begin(), shown.end());
  std::string line;
  for (const double value : shown) {
    const double height = *high > *low ? (value - *low) / (*high - *low) : 0;
    line += bars[static_cast<size_t>(std::lround(height * static_cast<double>(bars.size() - 1)))];
  }
  return line;
}

}  // namespace retort::tracking
