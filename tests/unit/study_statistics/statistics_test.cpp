// SPDX-License-Identifier: MIT
#include "retort/study/statistics.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "statistics_golden.h"

namespace retort::study {
namespace {

// Relative, for p-values may be tiny.
void expect_close(double found, double expected) {
  EXPECT_NEAR(found, expected, 1e-10 * std::max(std::abs(expected), 1e-30)) << expected;
}

TEST(IncompleteBeta, AgreesWithSciPy) {
  for (const GoldenBeta& golden : kBetas)
    expect_close(incomplete_beta(golden.a, golden.b, golden.x), golden.value);
}

TEST(IncompleteBeta, IsSymmetricAndEndsAtZeroAndOne) {
  for (const double x : {0.0, 0.1, 0.5, 0.8, 1.0})
    EXPECT_NEAR(incomplete_beta(2.5, 4, x) + incomplete_beta(4, 2.5, 1 - x), 1, 1e-14);
  EXPECT_EQ(incomplete_beta(2, 3, 0), 0);
  EXPECT_EQ(incomplete_beta(2, 3, 1), 1);
  EXPECT_THROW(incomplete_beta(0, 1, 0.5), std::domain_error);
}

TEST(StudentsT, QuantilesAgreeWithSciPy) {
  for (const GoldenQuantile& golden : kQuantiles) {
    expect_close(two_sided_t_quantile(golden.probability, golden.degrees), golden.t);
    expect_close(two_sided_t_probability(golden.t, golden.degrees), golden.probability);
  }
}

TEST(PairedTTest, AgreesWithSciPy) {
  for (const GoldenTest& golden : kTests) {
    const PairedTest test = paired_t_test(golden.first, golden.second);
    EXPECT_EQ(test.pairs, golden.first.size());
    expect_close(test.mean_difference, golden.mean_difference);
    expect_close(test.standard_error, golden.standard_error);
    expect_close(test.t, golden.t);
    expect_close(test.p, golden.p);
    expect_close(test.low, golden.low);
    expect_close(test.high, golden.high);
  }
}

TEST(PairedTTest, OneSeedOrNoDifferenceProvesNothing) {
  const std::array<double, 1> one = {1.0}, two = {2.0};
  EXPECT_EQ(paired_t_test(one, two).p, 1);
  EXPECT_EQ(paired_t_test(one, two).mean_difference, 1);
  const std::array<double, 3> same = {1.0, 2.0, 3.0};
  EXPECT_EQ(paired_t_test(same, same).p, 1);
}

TEST(PairedTTest, TurnsRoundWithItsArguments) {
  const std::array<double, 3> a = {1, 2, 4}, b = {2, 4, 5};
  const PairedTest there = paired_t_test(a, b), back = paired_t_test(b, a);
  EXPECT_DOUBLE_EQ(there.t, -back.t);
  EXPECT_DOUBLE_EQ(there.p, back.p);
  EXPECT_DOUBLE_EQ(there.low, -back.high);
}

TEST(Spread, IsTheSamplesDeviation) {
  const std::array<double, 4> values = {2, 4, 4, 6};
  const Spread spread = spread_of(values);
  EXPECT_EQ(spread.mean, 4);
  EXPECT_DOUBLE_EQ(spread.deviation, std::sqrt(8.0 / 3));
  EXPECT_EQ(spread_of({}).count, 0u);
}

}  // namespace
}  // namespace retort::study
