// SPDX-License-Identifier: MIT
#include "retort/trainer/batch_size_finder.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/core/memory.h"
#include "training_fixture.h"

namespace retort::trainer {
namespace {

constexpr double kIdle = 100, kPerPicture = 10;
constexpr int64_t kMany = 1'000'000;

// A machine that holds `limit` bytes, and a network that takes so much a picture.
FoundBatchSize search(const BatchSizeFinderOptions& options, double limit, int64_t most = kMany) {
  return search_batch_size(options, most, kIdle, limit, [&](int64_t size) {
    return BatchSizeTrial{.size = size, .peak_bytes = kIdle + kPerPicture * static_cast<double>(size)};
  });
}

std::vector<int64_t> sizes_of(const FoundBatchSize& found) {
  std::vector<int64_t> sizes;
  for (const BatchSizeTrial& trial : found.trials) sizes.push_back(trial.size);
  return sizes;
}

TEST(BatchSizeFinder, DoublesUntilTheMemoryIsFullAndNeverFillsIt) {
  const FoundBatchSize found = search({}, kIdle + 100 * kPerPicture);
  EXPECT_EQ(found.size, 64);
  EXPECT_EQ(sizes_of(found), (std::vector<int64_t>{2, 4, 8, 16, 32, 64}));  // 128 was foretold
  EXPECT_NE(found.reason.find("128"), std::string::npos) << found.reason;
}

TEST(BatchSizeFinder, ClosesTheGapAndTakesTheMarginOff) {
  EXPECT_EQ(search({.is_binsearch = true, .margin = 0}, kIdle + 100 * kPerPicture).size, 100);
  EXPECT_EQ(search({.is_binsearch = true}, kIdle + 100 * kPerPicture).size, 95);
}

TEST(BatchSizeFinder, EndsAtItsBoundsAndAtTheDatas) {
  EXPECT_EQ(search({}, 1e12).size, 8192);
  EXPECT_NE(search({}, 1e12).reason.find("max_val"), std::string::npos);
  EXPECT_EQ(search({.is_binsearch = true}, 1e12, /*most=*/60).size, 60);
  EXPECT_NE(search({}, 1e12, /*most=*/60).reason.find("no more pictures"), std::string::npos);
  EXPECT_EQ(search({.max_trials = 3}, 1e12).size, 8);
  EXPECT_EQ(search({.init_val = 500}, 1e12, /*most=*/60).size, 60);
}

TEST(BatchSizeFinder, HalvesAFirstSizeThatIsTooLarge) {
  EXPECT_EQ(search({.init_val = 64}, kIdle + 10 * kPerPicture).size, 8);
  EXPECT_EQ(search({.is_binsearch = true, .init_val = 64, .margin = 0}, kIdle + 10 * kPerPicture).size, 10);
  EXPECT_THROW(search({}, kIdle), Error);
}

// Memory that does not grow by so much a picture: what was foretold wrongly is seen when it is tried.
TEST(BatchSizeFinder, BelievesATrialMoreThanWhatItForetold) {
  const FoundBatchSize found = search_batch_size({}, kMany, kIdle, 1000, [](int64_t size) {
    return BatchSizeTrial{.size = size, .peak_bytes = size > 16 ? 2000.0 : kIdle + 1};
  });
  EXPECT_EQ(found.size, 16);
  EXPECT_EQ(sizes_of(found).back(), 32);
}

}  // namespace
}  // namespace retort::trainer
