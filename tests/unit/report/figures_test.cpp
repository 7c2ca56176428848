// SPDX-License-Identifier: MIT
#include "retort/report/figures.h"

#include <gtest/gtest.h>

namespace retort::report {
namespace {

// scipy.stats.binomtest(90, 100).proportion_ci(method="wilson"), and (50, 50)
TEST(WilsonInterval, MatchesScipy) {
  const auto [low, high] = wilson_interval(0.9, 100);
  EXPECT_NEAR(low, 0.8256343, 1e-6);
  EXPECT_NEAR(high, 0.9447709, 1e-6);
  EXPECT_NEAR(wilson_interval(1, 50).first, 0.9286524, 1e-6);
  EXPECT_DOUBLE_EQ(wilson_interval(1, 50).second, 1);
  EXPECT_EQ(wilson_interval(0.5, 0), (std::pair<double, double>{0, 1}));
}

TEST(Outcomes, DifferInTheirUnit) {
  report::Run a, b;
  a.results = {{"test/accuracy_top1", 0.91}, {"test/loss", 0.3}};
  b.results = {{"test/accuracy_top1", 0.9}};
  const auto outcomes_a = outcomes_of(a), outcomes_b = outcomes_of(b);
  EXPECT_EQ(difference_text(outcomes_a[0], outcomes_b[0]), "-1.00 %");
  EXPECT_EQ(difference_text(outcomes_a[2], outcomes_b[2]), "");
}

}  // namespace
}  // namespace retort::report
