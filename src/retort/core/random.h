// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace retort {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten rounds that
/// turn a counter and a key into four random words. A pure function, so no state has to be saved or shared.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

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
/// order and views do not depend on threads, prefetching, ranks or resuming.
///
///     CounterRng rng(seed, RandomStream::view, epoch, sample);
///     uint32_t row = rng.below(9);
class CounterRng {
 public:
  CounterRng(uint64_t seed, RandomStream stream, uint64_t epoch, uint64_t sample);

  uint32_t next();
  /// Uniform in [0, bound); bound > 0. Unbiased (Lemire's rejection).
  uint32_t below(uint32_t bound);
  /// Uniform in [0, 1).
  double uniform();

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
