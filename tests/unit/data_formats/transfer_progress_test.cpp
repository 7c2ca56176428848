// SPDX-License-Identifier: MIT
#include "retort/data/transfer_progress.h"

#include <gtest/gtest.h>

namespace retort::data {
namespace {

constexpr uint64_t kMiB = 1 << 20;

TEST(ProgressLine, SaysHowFarHowFastAndHowLong) {
  EXPECT_EQ(progress_line("a.tar.gz", 45 * kMiB, 100 * kMiB, 5.0 * kMiB),
            "a.tar.gz  45 % [####------] 45.0 MiB of 100.0 MiB, 5.0 MiB/s, 0:11 left");
  EXPECT_EQ(progress_line("a.tar.gz", 100 * kMiB, 100 * kMiB, 5.0 * kMiB),
            "a.tar.gz 100 % [##########] 100.0 MiB of 100.0 MiB, 5.0 MiB/s, 0:00 left");
}

TEST(ProgressLine, PromisesNothingThatIsNotKnown) {
  EXPECT_EQ(progress_line("a", 45 * kMiB, /*total=*/0, 5.0 * kMiB), "a 45.0 MiB, 5.0 MiB/s");
  EXPECT_EQ(progress_line("a", 0, 100 * kMiB, 0), "a   0 % [----------] 0 B of 100.0 MiB, 0 B/s, - left");
}

}  // namespace
}  // namespace retort::data
