// SPDX-License-Identifier: MIT
#include "retort/data/batch_plan.h"

#include <algorithm>

#include <c10/util/Exception.h>

#include "retort/core/random.h"

namespace retort::data {

BatchPlan::BatchPlan(int64_t samples, const LoaderOptions& options)
    : samples_(samples),
      batch_size_(options.batch_size),
      rank_(options.rank),
      world_size_(options.world_size),
      drop_last_(options.drop_last) {
  TORCH_CHECK(batch_size_ > 0, "batch_size > 0 is needed");
  TORCH_CHECK(rank_ >= 0 && rank_ < world_size_, "a rank is in [0, world_size)");
}

BatchPlan::Part BatchPlan::part(int64_t batch) const {
  const int64_t together = batch_size_ * world_size_;
  const int64_t start = batch * together;
  const int64_t size = std::min(together, samples_ - start) / world_size_;
  return {start + rank_ * size, size};
}

int64_t BatchPlan::batches() const {
  const int64_t full = samples_ / (batch_size_ * world_size_);
  return full + (!drop_last_ && part(full).size > 0 ? 1 : 0);
}

int64_t BatchPlan::samples_of_rank() const {
  return batches() == 0 ? 0 : (batches() - 1) * batch_size_ + part(batches() - 1).size;
}

std::vector<int64_t> order_of_epoch(const std::vector<int64_t>& sample_ids, const LoaderOptions& options,
                                    int64_t epoch) {
  if (!options.shuffle) return sample_ids;
  std::vector<int64_t> order = random_permutation(static_cast<int64_t>(sample_ids.size()), options.seed,
                                                  RandomStream::order, static_cast<uint64_t>(epoch));
  for (int64_t& place : order) place = sample_ids[static_cast<size_t>(place)];
  return order;
}

}  // namespace retort::data
