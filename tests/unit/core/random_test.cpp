// SPDX-License-Identifier: MIT
#include "retort/core/random.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace retort {
namespace {

// The known-answer vectors of Random123 1.14.0 (kat_vectors, philox4x32 10).
TEST(Philox, MatchesRandom123KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRng, DependsOnEachPartOfItsKey) {
  const auto first = [](uint64_t seed, RandomStream stream, uint64_t epoch, uint64_t sample) {
    return CounterRng(seed, stream, epoch, sample).next();
  };
  std::set<uint32_t> values = {
      first(1, RandomStream::order, 2, 3), first(9, RandomStream::order, 2, 3),
      first(1, RandomStream::view, 2, 3),  first(1, RandomStream::order, 9, 3),
      first(1, RandomStream::order, 2, 9), first(1ull << 40, RandomStream::order, 2, 3)};
  EXPECT_EQ(values.size(), 6u);
  EXPECT_EQ(first(1, RandomStream::order, 2, 3), first(1, RandomStream::order, 2, 3));
}

TEST(CounterRng, BelowIsUniform) {
  std::array<int, 9> counts{};
  for (uint64_t sample = 0; sample < 90'000; ++sample)
    ++counts[CounterRng(/*seed=*/7, RandomStream::view, /*epoch=*/0, sample).below(9)];
  // 10,000 expected in each, deviation 94: five deviations.
  for (int count : counts) EXPECT_NEAR(count, 10'000, 471);
}

TEST(RandomPermutation, HoldsEveryIndexOnceAndChangesWithTheEpoch) {
  const auto order = random_permutation(1000, /*seed=*/3, RandomStream::order, /*epoch=*/0);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < 1000; ++i) EXPECT_EQ(sorted[i], i);
  EXPECT_NE(order, random_permutation(1000, 3, RandomStream::order, 1));
  EXPECT_EQ(order, random_permutation(1000, 3, RandomStream::order, 0));
}

}  // namespace
}  // namespace retort
