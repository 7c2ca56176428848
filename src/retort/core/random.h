// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace retort {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten rounds that
/// turn a counter and a key into four random words. A pure function, so no state has to be saved or shared.
constexpr std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
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

/// What a random number is for. Streams never share numbers.
enum class RandomStream : uint32_t {
  order = 0,
  view = 1,
  dropout = 2,
  initialization = 3,
  split = 4,
  audit = 5,
  view_cycle = 6,
  mixup = 7
};

/// The random numbers of one sample: a function of (seed, stream, epoch, sample) and of nothing else, so
/// order and views do not depend on threads, prefetching, ranks or resuming. All of it is constexpr, and so
/// the very same code runs on a GPU.
///
///     CounterRng rng(seed, RandomStream::view, epoch, sample);
///     uint32_t row = rng.below(9);
class CounterRng {
 public:
  // counter = {block, stream | epoch's high bits, epoch's low bits, sample}: 2^32 samples, 2^32 blocks of
  // four.
  constexpr CounterRng(uint64_t seed, RandomStream stream, uint64_t epoch, uint64_t sample)
      : counter_{0, static_cast<uint32_t>(stream) | (static_cast<uint32_t>(epoch >> 32) << 8),
                 static_cast<uint32_t>(epoch), static_cast<uint32_t>(sample)},
        key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)} {}

  constexpr uint32_t next() {
    if (used_ == 4) {
      words_ = philox4x32(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return words_[used_++];
  }
  /// Uniform in [0, bound); bound > 0. Unbiased (Lemire's rejection).
  constexpr uint32_t below(uint32_t bound) {
    uint64_t product = uint64_t{next()} * bound;
    if (static_cast<uint32_t>(product) < bound) {
      const uint32_t threshold = -bound % bound;
      while (static_cast<uint32_t>(product) < threshold) product = uint64_t{next()} * bound;
    }
    return static_cast<uint32_t>(product >> 32);
  }
  /// Uniform in [0, 1).
  constexpr double uniform() {
    const uint64_t bits = (uint64_t{next()} << 32 | next()) >> 11;
    return static_cast<double>(bits) * 0x1.0p-53;
  }

 private:
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> words_{};
  int used_ = 4;
};

/// A permutation of [0, size) keyed by (seed, stream, epoch).
std::vector<int64_t> random_permutation(int64_t size, uint64_t seed, RandomStream stream, uint64_t epoch);

/// One 64-bit seed for a foreign generator, keyed like CounterRng.
uint64_t derived_seed(uint64_t seed, RandomStream stream, uint64_t step);

}  // namespace retort
