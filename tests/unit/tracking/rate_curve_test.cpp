// SPDX-License-Identifier: MIT
#include "retort/tracking/rate_curve.h"

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

TEST(RateCurve, IsReadBackToTheBit) {
  const RateCurve curve{.points = {{1e-8, 2.302585}, {1.0 / 3, 0.1}, {10, 4}}, .suggestion = 1.0 / 3};
  const auto read = parse_rate_curve(to_csv(curve));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->points, curve.points);
  EXPECT_EQ(read->suggestion, curve.suggestion);
  EXPECT_EQ(parse_rate_curve(to_csv({}))->suggestion, std::nullopt);
}

TEST(RateCurve, RefusesWhatIsNoSuchFile) {
  for (const char* text : {"", "lr,loss\n1,2\n", "lr,loss,suggested\n1,2\n", "lr,loss,suggested\n1,2,0",
                           "lr,loss,suggested\n1,x,0\n", "lr,loss,suggested\n\n"})
    EXPECT_FALSE(parse_rate_curve(text)) << text;
}

}  // namespace
}  // namespace retort::tracking
