// SPDX-License-Identifier: MIT
#include "retort/study/statistics.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace retort::study {
namespace {

// The continued fraction of DLMF 8.17.22; converges quickly for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr int kMostTerms = 10'000;
  constexpr double kSmallest = 1e-300, kPrecision = 1e-15;
  const auto away_from_zero = [](double value) { return std::abs(value) < kSmallest ? kSmallest : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double change = 1;
    for (const double term : {even, odd}) {
      d = 1 / away_from_zero(1 + term * d);
      c = away_from_zero(1 + term / c);
      change = c * d;
      fraction *= change;
    }
    if (std::abs(change - 1) < kPrecision) break;
  }
  return fraction;
}

}  // namespace

Spread spread_of(std::span<const double> values) {
  Spread spread{.count = values.size()};
  if (values.empty()) return spread;
  for (const double value : values) spread.mean += value;
  spread.mean /= static_cast<double>(values.size());
  if (values.size() < 2) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return spread;
}

double incomplete_beta(double a, double b, double x) {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
    throw std::domain_error("incomplete_beta: a, b > 0, x in [0, 1]");
  if (x == 0 || x == 1) return x;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double two_sided_t_probability(double t, double degrees) {
  if (std::isinf(t)) return 0;
  return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double two_sided_t_quantile(double probability, double degrees) {
  if (!(probability > 0 && probability < 1))
    throw std::domain_error("two_sided_t_quantile: probability in (0, 1)");
  double low = 0, high = 1;
  while (two_sided_t_probability(high, degrees) > probability) high *= 2;
  constexpr int kHalvings = 100;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (two_sided_t_probability(middle, degrees) > probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

PairedTest paired_t_test(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size()) throw std::invalid_argument("paired_t_test: values without a partner");
  std::vector<double> differences;
  for (size_t i = 0; i < first.size(); ++i) differences.push_back(second[i] - first[i]);
  const Spread spread = spread_of(differences);
  PairedTest test{
      .pairs = spread.count, .mean_difference = spread.mean, .low = spread.mean, .high = spread.mean};
  if (spread.count < 2) return test;
  const auto count = static_cast<double>(spread.count);
  test.standard_error = spread.deviation / std::sqrt(count);
  if (test.standard_error == 0) {
    if (spread.mean == 0) return test;
    test.t = std::copysign(std::numeric_limits<double>::infinity(), spread.mean);
    test.p = 0;
    return test;
  }
  test.t = spread.mean / test.standard_error;
  test.p = two_sided_t_probability(test.t, count - 1);
  const double reach = two_sided_t_quantile(0.05, count - 1) * test.standard_error;
  test.low = spread.mean - reach;
  test.high = spread.mean + reach;
  return test;
}

}  // namespace retort::study
