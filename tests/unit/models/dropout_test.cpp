// SPDX-License-Identifier: MIT
#include "retort/models/dropout.h"

#include <cmath>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include "retort/core/random.h"
#include "retort/models/dropout_kernel.h"

namespace retort::models {
namespace {

torch::Tensor ones(int64_t rows, int64_t columns, torch::Dtype dtype = torch::kFloat) {
  return torch::ones({rows, columns}, dtype);
}

// The plain path: a word of philox4x32() a number.
TEST(DropoutMask, IsPhiloxOfEachIndex) {
  const DropoutMask mask{.key = {123, 456}, .threshold = 0xCCCCCCCC};
  constexpr int64_t kBlock = DropoutMask::kBlock, kSize = 2 * kBlock + 77, kCounters = kBlock / 4;
  std::vector<float> values(kSize);
  mask.write(values.data(), /*first=*/3 * kBlock, kSize, 1.25f);
  for (int64_t i = 0; i < kSize; ++i) {
    const int64_t index = 3 * kBlock + i, in_block = index % kBlock;
    const auto words = philox4x32(
        {static_cast<uint32_t>(in_block % kCounters), static_cast<uint32_t>(index / kBlock), 0, 0}, mask.key);
    ASSERT_EQ(values[static_cast<size_t>(i)],
              words[static_cast<size_t>(in_block / kCounters)] < mask.threshold ? 1.25f : 0.0f)
        << i;
  }
}

TEST(DropoutMask, CountsBlocksBeyond32Bits) {
  const DropoutMask mask{.key = {1, 2}, .threshold = 0x80000000};
  constexpr int64_t kFar = DropoutMask::kBlock << 32;
  std::vector<float> near(DropoutMask::kBlock), far(DropoutMask::kBlock);
  mask.write(near.data(), 0, DropoutMask::kBlock, 1.0f);
  mask.write(far.data(), kFar, DropoutMask::kBlock, 1.0f);
  EXPECT_NE(near, far);
  EXPECT_EQ(far.front(), philox4x32({0, 0, 1, 0}, mask.key).front() < mask.threshold ? 1.0f : 0.0f);
}

// torch::dropout's: zeros with that probability, the others scaled; within four deviations of the share.
TEST(Dropout, KeepsTheShareAndScaleOfPyTorchs) {
  torch::manual_seed(1);
  for (const torch::Dtype dtype : {torch::kFloat, torch::kBFloat16})
    for (const double probability : {0.1, 0.2, 0.5, 0.9}) {
      const torch::Tensor x = ones(500, 700, dtype);
      const torch::Tensor ours = dropout(x, probability), theirs = torch::dropout(x, probability, true);
      EXPECT_TRUE(torch::equal(ours.max(), theirs.max())) << probability;
      EXPECT_TRUE(torch::equal(ours.ne(0), ours.eq(theirs.max())));
      const double count = static_cast<double>(x.numel());
      EXPECT_NEAR(ours.eq(0).sum().item<double>() / count, probability,
                  4 * std::sqrt(probability * (1 - probability) / count));
    }
}

TEST(Dropout, IsAFunctionOfTheGeneratorsSeedAlone) {
  const auto draw = [](int threads) {
    const int before = at::get_num_threads();
    at::set_num_threads(threads);
    torch::manual_seed(7);
    const torch::Tensor first = dropout(ones(300, 1201), 0.5), second = dropout(ones(300, 1201), 0.5);
    at::set_num_threads(before);
    EXPECT_FALSE(torch::equal(first, second));
    return torch::cat({first, second});
  };
  EXPECT_TRUE(torch::equal(draw(1), draw(2)));
}

TEST(Dropout, PassesGradientsWhereItPassedNumbers) {
  const torch::Tensor x = torch::randn({64, 100}).set_requires_grad(true);
  const torch::Tensor y = dropout(x, 0.2);
  y.sum().backward();
  EXPECT_TRUE(torch::equal(y.detach(), x.detach() * x.grad()));
  EXPECT_TRUE(torch::equal(x.grad().ne(0), x.grad().eq(1.25f)));
}

TEST(Dropout, TakesWhatTheMaskIsNotMadeFor) {
  torch::manual_seed(3);
  const torch::Tensor doubles = dropout(ones(100, 100, torch::kDouble), 0.5);
  EXPECT_EQ(doubles.scalar_type(), torch::kDouble);
  EXPECT_TRUE(torch::equal(doubles.ne(0), doubles.eq(2)));
  EXPECT_EQ(dropout(ones(0, 5), 0.5).numel(), 0);
  const torch::Tensor halves = dropout(ones(100, 100, torch::kHalf), 0.5);
  EXPECT_TRUE(torch::equal(halves.ne(0), halves.eq(2)));
  const torch::Tensor turned = torch::randn({40, 30}).t().set_requires_grad(true);  // not contiguous
  const torch::Tensor y = dropout(turned, 0.5);
  y.sum().backward();
  EXPECT_TRUE(torch::equal(y.detach(), turned.detach() * turned.grad()));
  EXPECT_TRUE(torch::equal(turned.grad().ne(0), turned.grad().eq(2)));
  EXPECT_TRUE(dropout(ones(100, 100), 1e-12).eq(1).all().item<bool>());
  EXPECT_TRUE(dropout(ones(100, 100), 1 - 1e-12).eq(0).all().item<bool>());
}

}  // namespace
}  // namespace retort::models
