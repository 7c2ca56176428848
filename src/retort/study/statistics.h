// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace retort::study {

/// Mean and deviation of a sample (divided by n - 1; 0 for fewer than two values).
struct Spread {
  size_t count = 0;
  double mean = 0;
  double deviation = 0;
};
Spread spread_of(std::span<const double> values);

/// Student's t-test of paired values: is the mean of the differences zero?
struct PairedTest {
  size_t pairs = 0;
  double mean_difference = 0;  // of second - first
  double standard_error = 0;   // of that mean
  double t = 0;                // infinite where all differences are one and the same, but for zero
  double p = 1;                // two-sided; 1 for fewer than two pairs and where every pair is equal
  double low = 0, high = 0;    // of the mean difference, the 95 % confidence interval
};
PairedTest paired_t_test(std::span<const double> first, std::span<const double> second);

/// I_x(a, b), the regularised incomplete beta function, by Lentz's continued fraction (DLMF 8.17.22); to
/// about 1e-13. a and b above 0, x in [0, 1].
double incomplete_beta(double a, double b, double x);

/// Probability that |T| of Student's distribution is at least |t|; degrees of freedom above 0.
double two_sided_t_probability(double t, double degrees);

/// t that |T| exceeds with this probability, in (0, 1).
double two_sided_t_quantile(double probability, double degrees);

}  // namespace retort::study
