// SPDX-License-Identifier: MIT
#include "retort/data/mixup.h"

#include <numeric>
#include <vector>

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "retort/data/loader.h"

namespace retort::data {
namespace {

Dataset numbered(int64_t count) {
  Dataset dataset{.name = "numbered", .channels = 3, .height = 8, .width = 8, .class_names = {"a", "b", "c"}};
  for (int64_t sample = 0; sample < count; ++sample) {
    for (int64_t i = 0; i < 3 * 8 * 8; ++i) dataset.images.push_back(static_cast<uint8_t>(31 * sample + i));
    dataset.labels.push_back(sample % 3);
  }
  return dataset;
}

std::vector<Batch> epoch_of(const Dataset& dataset, LoaderOptions options, int64_t first_batch = 0) {
  std::vector<int64_t> ids(static_cast<size_t>(dataset.size()));
  std::iota(ids.begin(), ids.end(), 0);
  Loader loader(dataset, ids, {.mean = {0.5}, .std = {0.25}}, options);
  std::vector<Batch> batches;
  loader.start_epoch(/*epoch=*/2, first_batch);
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

LoaderOptions mixing(int threads) {
  return {.batch_size = 5, .mixup_alpha = 1, .shuffle = true, .seed = 4, .threads = threads};
}

// Mean 1/2 and variance 1 / (4 (2 alpha + 1)) of Beta(alpha, alpha), over so many draws that five deviations
// of the estimate stay within the tolerance.
TEST(Mixup, SharesHaveTheMomentsOfTheBetaDistribution) {
  constexpr int kDraws = 20000;
  for (const double alpha : {0.1, 0.4, 1.0, 2.5}) {
    double sum = 0, squares = 0;
    for (uint64_t batch = 0; batch < kDraws; ++batch) {
      const double share = draw_mixup_share(alpha, /*seed=*/3, /*epoch=*/1, batch);
      ASSERT_GE(share, 0);
      ASSERT_LE(share, 1);
      sum += share;
      squares += (share - 0.5) * (share - 0.5);
    }
    EXPECT_NEAR(sum / kDraws, 0.5, 0.02) << alpha;
    EXPECT_NEAR(squares / kDraws, 1 / (4 * (2 * alpha + 1)), 0.006) << alpha;
  }
}

// Powers that are smaller than any number: shares are 0 or 1, as they nearly are for any small alpha.
TEST(Mixup, TheSmallestAlphaEndsToo) {
  for (const double alpha : {1e-3, 1e-12, 1e-300}) {
    double sum = 0;
    for (uint64_t batch = 0; batch < 2000; ++batch) sum += draw_mixup_share(alpha, 3, 1, batch);
    EXPECT_NEAR(sum / 2000, 0.5, 0.06) << alpha;
  }
}

TEST(Mixup, SharesFollowFromSeedEpochAndBatch) {
  EXPECT_EQ(draw_mixup_share(1, 1, 2, 3), draw_mixup_share(1, 1, 2, 3));
  EXPECT_NE(draw_mixup_share(1, 1, 2, 3), draw_mixup_share(1, 2, 2, 3));
  EXPECT_NE(draw_mixup_share(1, 1, 2, 3), draw_mixup_share(1, 1, 3, 3));
  EXPECT_NE(draw_mixup_share(1, 1, 2, 3), draw_mixup_share(1, 1, 2, 4));
}

TEST(Mixup, PicturesAndLabelsAreMixedAlike) {
  Batch batch{.images = torch::tensor({1.0F, 3.0F, 5.0F}).view({3, 1, 1, 1}),
              .labels = torch::tensor({0, 2, 1}, torch::kInt64),
              .sample_ids = {},
              .view_ids = {}};
  mix(batch, /*share=*/0.75, /*classes=*/3);
  EXPECT_TRUE(at::allclose(batch.images.flatten(), torch::tensor({2.0F, 3.0F, 4.0F})));
  const torch::Tensor expected =
      torch::tensor({0.75F, 0.25F, 0.0F, 0.0F, 0.0F, 1.0F, 0.25F, 0.75F, 0.0F}).view({3, 3});
  EXPECT_TRUE(at::allclose(batch.soft_labels, expected));
  EXPECT_TRUE(at::equal(batch.targets(), batch.soft_labels));
  EXPECT_TRUE(at::equal(batch.labels, torch::tensor({0, 2, 1}, torch::kInt64)));
}

TEST(Mixup, ALoaderMixesWhatItWouldShowUnmixed) {
  const Dataset dataset = numbered(23);
  for (const torch::Dtype dtype : {torch::kFloat32, torch::kBFloat16}) {
    LoaderOptions options = mixing(/*threads=*/0);
    options.dtype = dtype;
    const std::vector<Batch> mixed = epoch_of(dataset, options);
    options.mixup_alpha = 0;
    std::vector<Batch> plain = epoch_of(dataset, options);
    ASSERT_EQ(mixed.size(), 5u);
    for (size_t i = 0; i < mixed.size(); ++i) {
      EXPECT_FALSE(plain[i].soft_labels.defined());
      EXPECT_TRUE(at::equal(plain[i].targets(), plain[i].labels));
      mix(plain[i], draw_mixup_share(1, options.seed, /*epoch=*/2, i), 3);
      EXPECT_TRUE(at::equal(mixed[i].images, plain[i].images)) << i;
      EXPECT_TRUE(at::equal(mixed[i].soft_labels, plain[i].soft_labels)) << i;
      EXPECT_TRUE(mixed[i].images.is_contiguous(torch::MemoryFormat::ChannelsLast));
      EXPECT_EQ(mixed[i].images.scalar_type(), dtype);
    }
  }
}

TEST(Mixup, DoesNotDependOnThreadsOrOnWhereAnEpochIsEntered) {
  const Dataset dataset = numbered(23);
  const std::vector<Batch> whole = epoch_of(dataset, mixing(/*threads=*/0));
  for (const int threads : {0, 1, 3}) {
    const std::vector<Batch> rest = epoch_of(dataset, mixing(threads), /*first_batch=*/2);
    ASSERT_EQ(rest.size(), whole.size() - 2);
    for (size_t i = 0; i < rest.size(); ++i)
      EXPECT_TRUE(at::equal(rest[i].images, whole[i + 2].images)) << threads << ", " << i;
  }
}

}  // namespace
}  // namespace retort::data
