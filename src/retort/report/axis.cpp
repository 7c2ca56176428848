// SPDX-License-Identifier: MIT
#include "retort/report/axis.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace retort::report {

bool is_drawable(double value) {
  constexpr double kMost = 1e300;
  return std::abs(value) <= kMost;
}

Axis make_axis(double low, double high, int ticks) {
  constexpr double kLeast = 1e-300, kClose = 1e-12;
  const double size = std::max({std::abs(low), std::abs(high), kLeast});
  if (!(high - low > kClose * size)) {  // one value: room around it
    const double half = size > kLeast ? size / 2 : 1;
    low -= half;
    high += half;
  }
  const double rough = (high - low) / ticks;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {2.0, 5.0, 10.0})
    if (step < rough) step = factor * power;
  Axis axis{.low = std::floor(low / step) * step, .high = std::ceil(high / step) * step};
  const auto count = static_cast<int>(std::lround((axis.high - axis.low) / step));
  for (int i = 0; i <= count; ++i) {
    const double tick = axis.low + i * step;
    axis.ticks.push_back(std::abs(tick) < step / 1e6 ? 0 : tick);
  }
  return axis;
}

Axis make_log_axis(double low, double high) {
  Axis axis{.low = std::log10(low), .high = std::log10(high)};
  if (!(axis.high > axis.low)) {
    axis.low -= 0.5;
    axis.high += 0.5;
  }
  const double decades = std::floor(axis.high) - std::ceil(axis.low);
  const bool is_short = decades < 2;
  const double stride = std::floor(decades / 6) + 1;
  for (double power = std::floor(axis.low); power <= axis.high; power += stride)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = power + std::log10(factor);
      if ((factor == 1 || is_short) && tick >= axis.low && tick <= axis.high) axis.ticks.push_back(tick);
    }
  return axis;
}

std::string tick_label(double value) {
  const double size = std::abs(value);
  if (size >= 1e6) return fmt::format("{:.4g}M", value / 1e6);
  if (size >= 1e4) return fmt::format("{:.4g}k", value / 1e3);
  return fmt::format("{:.4g}", value);
}

}  // namespace retort::report
