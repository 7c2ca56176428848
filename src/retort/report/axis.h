// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace retort::report {

/// A part of the number line and the round numbers on it.
struct Axis {
  double low = 0, high = 1;
  std::vector<double> ticks{};

  /// Where a value lies: 0 at low, 1 at high.
  double position(double value) const { return (value - low) / (high - low); }
};

/// Whether a figure can be drawn: it is finite, and so are differences of such.
bool is_drawable(double value);

/// An axis that holds [low, high], both drawable, with about `ticks` steps of 1, 2 or 5 times a power of ten.
Axis make_axis(double low, double high, int ticks);

/// Likewise for the logarithms to base ten of [low, high], low above 0: at most seven ticks at powers of
/// ten, with 2 and 5 times these where there would be fewer than three.
Axis make_log_axis(double low, double high);

/// 0.1 -> "0.1", 20000 -> "20k", 1e-5 -> "1e-05"
std::string tick_label(double value);

}  // namespace retort::report
