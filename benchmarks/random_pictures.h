// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/core/random.h"
#include "retort/data/dataset.h"

namespace retort::benchmarks {

/// So many pictures of random bytes, of ten classes in turn; the same each time.
inline data::Dataset random_pictures(int64_t count, int64_t channels, int64_t side) {
  data::Dataset dataset{.name = "random", .channels = channels, .height = side, .width = side};
  dataset.images.resize(static_cast<size_t>(count * channels * side * side));
  CounterRng rng(/*seed=*/1, RandomStream::order, /*epoch=*/0, /*sample=*/0);
  for (uint8_t& byte : dataset.images) byte = static_cast<uint8_t>(rng.next());
  for (int64_t i = 0; i < count; ++i) dataset.labels.push_back(i % 10);
  dataset.class_names.resize(10, "class");
  return dataset;
}

}  // namespace retort::benchmarks
