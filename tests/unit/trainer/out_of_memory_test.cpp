// SPDX-License-Identifier: MIT
#include "retort/trainer/out_of_memory.h"

#include <gtest/gtest.h>

namespace retort::trainer {
namespace {

constexpr double kMebi = 1024 * 1024;

TEST(OutOfMemory, ForetellsTheLargestBatchByTwoTrials) {
  // 100 MiB without a batch, 2 MiB a picture.
  const BatchSizeTrial smaller{.size = 64, .peak_bytes = 228 * kMebi},
      larger{.size = 128, .peak_bytes = 356 * kMebi};
  EXPECT_EQ(largest_batch_within(1100 * kMebi, smaller, larger), 500);
  EXPECT_EQ(largest_batch_within(103 * kMebi, smaller, larger), 1);
  EXPECT_EQ(largest_batch_within(101 * kMebi, smaller, larger), 0);
  EXPECT_EQ(largest_batch_within(50 * kMebi, smaller, larger), 0);
}

TEST(OutOfMemory, SaysBatchPeakAndWhatWouldFit) {
  const Error told = describe({.batch_size = 4096,
                               .peak_bytes = 70 * 1024 * kMebi,
                               .limit_bytes = 80 * 1024 * kMebi,
                               .fitting_batch_size = 3500});
  EXPECT_EQ(told.code(), ExitCode::resources);
  EXPECT_STREQ(told.what(),
               "out of memory at data.batch_size=4096: 70.0 GiB of 80.0 GiB were held; data.batch_size=3500 "
               "would fit");
  const std::string unknown = describe({.batch_size = 2, .peak_bytes = kMebi, .limit_bytes = kMebi}).what();
  EXPECT_NE(unknown.find("a smaller batch needs less"), std::string::npos);
}

}  // namespace
}  // namespace retort::trainer
