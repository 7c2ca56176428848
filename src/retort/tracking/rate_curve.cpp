// SPDX-License-Identifier: MIT
#include "retort/tracking/rate_curve.h"

#include <charconv>

#include <fmt/format.h>

namespace retort::tracking {
namespace {

constexpr std::string_view kHeader = "lr,loss,suggested\n";

// The number that the text begins with, and then `end`; both are taken off.
std::optional<double> take_number(std::string_view& text, char end) {
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest == text.data() + text.size() || *rest != end) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(rest - text.data()) + 1);
  return value;
}

}  // namespace

std::string to_csv(const RateCurve& curve) {
  std::string csv(kHeader);
  for (const auto& [lr, loss] : curve.points)
    csv += fmt::format("{},{},{}\n", lr, loss, curve.suggestion == lr ? 1 : 0);
  return csv;
}

std::optional<RateCurve> parse_rate_curve(std::string_view text) {
  if (!text.starts_with(kHeader)) return std::nullopt;
  text.remove_prefix(kHeader.size());
  RateCurve curve;
  while (!text.empty()) {
    const auto lr = take_number(text, ','), loss = lr ? take_number(text, ',') : lr;
    const auto is_suggested = loss ? take_number(text, '\n') : loss;
    if (!is_suggested) return std::nullopt;
    curve.points.emplace_back(*lr, *loss);
    if (*is_suggested == 1) curve.suggestion = *lr;
  }
  return curve;
}

}  // namespace retort::tracking
