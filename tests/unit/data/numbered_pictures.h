// SPDX-License-Identifier: MIT
// Small pictures that differ, and whole epochs of their batches.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "retort/data/batch_source.h"
#include "retort/data/dataset.h"

namespace retort::data {

inline Dataset numbered(int64_t count, int64_t channels = 3, int64_t side = 8) {
  Dataset dataset{.name = "numbered", .channels = channels, .height = side, .width = side};
  for (int64_t sample = 0; sample < count; ++sample) {
    for (int64_t i = 0; i < channels * side * side; ++i)
      dataset.images.push_back(static_cast<uint8_t>(31 * sample + i));
    dataset.labels.push_back(sample % 10);
  }
  return dataset;
}

inline std::vector<int64_t> all_of(const Dataset& dataset) {
  std::vector<int64_t> ids(static_cast<size_t>(dataset.size()));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

inline const Normalization kNormalization{.mean = {0.4914, 0.4822, 0.4465}, .std = {0.2470, 0.2435, 0.2616}};

inline std::vector<Batch> epoch_of(BatchSource& loader, int64_t epoch, int64_t first_batch = 0) {
  std::vector<Batch> batches;
  loader.start_epoch(epoch, first_batch);
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

inline void expect_same(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(at::equal(a[i].images, b[i].images)) << i;
    EXPECT_TRUE(at::equal(a[i].labels, b[i].labels)) << i;
    EXPECT_TRUE(at::equal(a[i].sample_ids, b[i].sample_ids)) << i;
    EXPECT_TRUE(at::equal(a[i].view_ids, b[i].view_ids)) << i;
  }
}

}  // namespace retort::data
