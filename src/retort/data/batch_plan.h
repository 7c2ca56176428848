// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "retort/data/batch_source.h"

namespace retort::data {

/// Which samples of an epoch are whose, batch after batch (see BatchSource).
class BatchPlan {
 public:
  /// Checks batch_size and ranks; `samples` are there in an epoch, of all ranks together.
  BatchPlan(int64_t samples, const LoaderOptions& options);

  /// Where this rank's part of a batch lies in the epoch's order.
  struct Part {
    int64_t first, size;
  };
  Part part(int64_t batch) const;
  int64_t batches() const;
  int64_t samples_of_rank() const;

 private:
  int64_t samples_, batch_size_;
  int rank_, world_size_;
  bool drop_last_;
};

/// The samples in the order in which an epoch shows them.
std::vector<int64_t> order_of_epoch(const std::vector<int64_t>& sample_ids, const LoaderOptions& options,
                                    int64_t epoch);

}  // namespace retort::data
