// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <torch/types.h>

#include "retort/data/batch_plan.h"
#include "retort/data/batch_source.h"
#include "retort/data/dataset.h"
#include "retort/data/view_batch.h"

namespace retort::data {

/// A data set's pictures [all, C, H, W] and classes [all] in a device's memory: 154 MB for CIFAR-10's
/// training set. Copies share them.
struct ResidentPictures {
  torch::Tensor pictures, classes;  // uint8, int64

  ResidentPictures(const Dataset& dataset, torch::Device device);
};

/// Writes a batch of views where its memory lies, in the order of what that device was asked to do. The
/// images are of kFloat32 or kBFloat16.
using WriteViews = void (*)(const ViewBatch& batch, torch::Dtype dtype);
/// On the processor, by a plain loop.
void write_views_here(const ViewBatch& batch, torch::Dtype dtype);

/// Batches that are made where they are used, from pictures that lie there: the very batches of Loader. The
/// host hands over an epoch's order at its start and then waits for nothing.
class ResidentLoader : public BatchSource {
 public:
  /// `dataset` is what `pictures` were made from; LoaderOptions::threads does not matter.
  ResidentLoader(const Dataset& dataset, ResidentPictures pictures, std::vector<int64_t> sample_ids,
                 const Normalization& normalization, const LoaderOptions& options, WriteViews write);

  void start_epoch(int64_t epoch, int64_t first_batch = 0) override;
  std::optional<Batch> next() override;
  int64_t batches_per_epoch() const override { return plan_.batches(); }
  int64_t samples_per_epoch() const override { return plan_.samples_of_rank(); }

 private:
  ResidentPictures pictures_;
  std::vector<int64_t> sample_ids_;
  LoaderOptions options_;
  BatchPlan plan_;
  WriteViews write_;
  int64_t num_classes_;
  torch::Tensor byte_values_;  // [C, 256]
  torch::Tensor order_;        // the epoch's, on the device
  torch::Tensor place_;        // {epoch, first}, on the device
  int64_t epoch_ = -1;         // none was entered yet
  int64_t next_batch_ = 0;
};

}  // namespace retort::data
