// SPDX-License-Identifier: MIT
#include "retort/core/random.h"

#include <cstddef>
#include <numeric>
#include <utility>

namespace retort {

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
