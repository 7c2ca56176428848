// SPDX-License-Identifier: MIT
#include "retort/report/axis.h"

#include <cmath>

#include <fmt/format.h>

namespace retort::report {

Axis make_axis(double low, double high, int ticks) {
  if (!(high > low)) {  // one value: room around it
    const double half = low == 0 ? 1 : std::abs(low) / 2;
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

std::string tick_label(double value) {
  const double size = std::abs(value);
  if (size >= 1e6) return fmt::format("{:.4g}M", value / 1e6);
  if (size >= 1e4) return fmt::format("{:.4g}k", value / 1e3);
  return fmt::format("{:.4g}", value);
}

}  // namespace retort::report
