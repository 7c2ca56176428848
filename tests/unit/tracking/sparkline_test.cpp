// SPDX-License-Identifier: MIT
#include "retort/tracking/sparkline.h"

#include <cmath>

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

TEST(Sparkline, RunsFromTheLowestToTheHighest) {
  EXPECT_EQ(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 40, /*is_unicode=*/true), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline({4, 3, 2, 1, 0}, 40, /*is_unicode=*/false), "#=-._");
}

TEST(Sparkline, AveragesWhatDoesNotFit) {
  EXPECT_EQ(sparkline({0, 0, 4, 4, 8, 8}, 3, /*is_unicode=*/false), "_-#");
}

TEST(Sparkline, LeavesOutWhatIsNotFinite) {
  EXPECT_EQ(sparkline({std::nan(""), 0, INFINITY, 1}, 40, /*is_unicode=*/false), "_#");
  EXPECT_EQ(sparkline({std::nan("")}, 40, /*is_unicode=*/false), "");
  EXPECT_EQ(sparkline({3, 3}, 40, /*is_unicode=*/false), "__");
}

}  // namespace
}  // namespace retort::tracking
