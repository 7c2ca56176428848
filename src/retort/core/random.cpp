// SPDX-License-Identifier: MIT
#include "retort/core/random.h"

#include <cstddef>
#include <numeric>
#include <utility>

namespace retort {

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t low = uint64_t{0xD2511F53} * counter[0];
    const uint64_t high = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(high >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(high),
               static_cast<uint32_t>(low >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(low)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

// counter = {block, stream | epoch's high bits, epoch's low bits, sample}: 2^32 samples, 2^32 blocks of four.
CounterRng::CounterRng(uint64_t seed, RandomStream stream, uint64_t epoch, uint64_t sample)
    : counter_{0, static_cast<uint32_t>(stream) | (static_cast<uint32_t>(epoch >> 32) << 8),
               static_cast<uint32_t>(epoch), static_cast<uint32_t>(sample)},
      key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)} {}

uint32_t CounterRng::next() {
  if (used_ == 4) {
    words_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return words_[used_++];
}

uint32_t CounterRng::below(uint32_t bound) {
  uint64_t product = uint64_t{next()} * bound;
  if (static_cast<uint32_t>(product) < bound) {
    const uint32_t threshold = -bound % bound;
    while (static_cast<uint32_t>(product) < threshold) product = uint64_t{next()} * bound;
  }
  return static_cast<uint32_t>(product >> 32);
}

double CounterRng::uniform() {
  const uint64_t bits = (uint64_t{next()} << 32 | next()) >> 11;
  return static_cast<double>(bits) * 0x1.0p-53;
}

std::vector<int64_t> random_permutation(int64_t size, uint64_t seed, RandomStream stream, uint64_t epoch) {
  std::vector<int64_t> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), int64_t{0});
  CounterRng rng(seed, stream, epoch, /*sample=*/0);
  for (int64_t last = size - 1; last > 0; --last)
    std::swap(order[last], order[rng.below(static_cast<uint32_t>(last + 1))]);
  return order;
}

uint64_t derived_seed(uint64_t seed, RandomStream stream, uint64_t step) {
  CounterRng rng(seed, stream, step, /*sample=*/0);
  const uint64_t high = rng.next();
  return high << 32 | rng.next();
}

}  // namespace retort
