// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "retort/data/batch_source.h"
#include "retort/data/dataset.h"

namespace retort::data {

/// Batches in the processor's memory, prepared ahead on threads of our own.
///
///     Loader loader(dataset, ids, normalization, {.batch_size = 128, .shuffle = true, .seed = 1});
class Loader : public BatchSource {
 public:
  /// `dataset` must outlive the loader.
  Loader(const Dataset& dataset, std::vector<int64_t> sample_ids, const Normalization& normalization,
         LoaderOptions options);
  ~Loader() override;

  void start_epoch(int64_t epoch, int64_t first_batch = 0) override;
  std::optional<Batch> next() override;
  int64_t batches_per_epoch() const override;
  int64_t samples_per_epoch() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace retort::data
