// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retort::tracking {

/// What the learning-rate finder saw: learning_rate_finder.csv in the run's folder, with the columns lr, loss
/// (smoothed) and suggested (1 in the row of the rate that it suggests).
struct RateCurve {
  std::vector<std::pair<double, double>> points{};  // rate and loss
  std::optional<double> suggestion{};               // one of the rates
};

std::string to_csv(const RateCurve& curve);
/// Nothing where the text is no such file.
std::optional<RateCurve> parse_rate_curve(std::string_view text);

}  // namespace retort::tracking
