// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_log.h"

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

constexpr size_t kBlock = 32768, kChunkHeader = 7;

// Record by record, as a tracker writes them.
std::string log_of(const std::vector<std::string>& records) {
  std::string log = wandb_log_header();
  for (const std::string& record : records) log += frame_wandb_record(record, log.size());
  return log;
}

TEST(WandbLog, ReadsBackWhatItWrote) {
  const std::vector<std::string> records = {"one", "", std::string(100'000, 'x'), "four"};
  const std::string log = log_of(records);
  const auto read = scan_wandb_log(log);
  ASSERT_EQ(read.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(read[i].payload, records[i]);
  EXPECT_EQ(read.back().end, log.size());
}

// Whatever is left of a block when a record begins: nothing, less than a chunk's header, just that, more.
TEST(WandbLog, FillsTheEndOfABlock) {
  for (size_t left = 0; left < 20; ++left) {
    const std::string first(kBlock - wandb_log_header().size() - kChunkHeader - left, 'a');
    const std::string log = log_of({first, "second"});
    const auto read = scan_wandb_log(log);
    ASSERT_EQ(read.size(), 2u) << left;
    EXPECT_EQ(read[1].payload, "second") << left;
  }
}

TEST(WandbLog, EndsAtTheFirstDamage) {
  const std::string log = log_of({"one", "two", "three"});
  for (size_t cut = 0; cut < log.size(); ++cut) EXPECT_LT(scan_wandb_log(log.substr(0, cut)).size(), 3u);
  for (size_t i = 0; i < log.size(); ++i) {
    std::string damaged = log;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_LT(scan_wandb_log(damaged).size(), 3u) << i;
  }
}

}  // namespace
}  // namespace retort::tracking
