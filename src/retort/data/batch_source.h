// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include <torch/types.h>

#include "retort/data/augmentation.h"

namespace retort::data {

/// One batch, ready for a network.
struct Batch {
  torch::Tensor images;         // [N, C, H, W] in LoaderOptions::dtype, channels last in memory, normalised
  torch::Tensor labels;         // [N] int64
  torch::Tensor sample_ids;     // [N] int64: indices into the data set
  torch::Tensor view_ids;       // [N] int64: which view of the sample this is (Augmentation)
  torch::Tensor soft_labels{};  // [N, C] float32, of mixed pictures (mixup.h); else undefined

  /// What a network is to answer: [N] classes, or [N, C] probabilities.
  const torch::Tensor& targets() const { return soft_labels.defined() ? soft_labels : labels; }
};

struct LoaderOptions {
  int64_t batch_size = 128;      // of each rank
  Augmentation augmentation{};   // of training pictures; the identity view otherwise
  double mixup_alpha = 0;        // pictures of a batch are mixed by Beta(alpha, alpha); 0: none are
  bool every_view = false;       // epoch e shows view e of every sample, in place of drawn ones
  bool shuffle = false;          // a permutation keyed by (seed, epoch)
  bool drop_last = false;        // leave out the last batch when it is not full
  int rank = 0, world_size = 1;  // this loader's part of each batch, of so many
  uint64_t seed = 0;
  torch::Dtype dtype = torch::kFloat32;  // kFloat32 or kBFloat16
  int threads = 1;                       // of our own, that prepare batches ahead; 0 prepares in next()
};

/// Batches of a data set, epoch after epoch. Order and views follow from (seed, epoch, sample) alone: not
/// from threads or devices, and not from where an epoch is entered. Of `world_size` sources, the parts put
/// one behind the other are the batches of one source with a batch_size so many times larger. Parts are of
/// one size: of a last batch, those of its pictures that cannot be shared out evenly are left out.
///
///     source.start_epoch(0);
///     while (auto batch = source.next()) ...
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// Enters an epoch at a batch: 0, or where a run was stopped.
  virtual void start_epoch(int64_t epoch, int64_t first_batch = 0) = 0;
  /// The next batch, or nothing at the end of the epoch. Its tensors are the caller's.
  virtual std::optional<Batch> next() = 0;

  virtual int64_t batches_per_epoch() const = 0;
  virtual int64_t samples_per_epoch() const = 0;  // of this rank
};

}  // namespace retort::data
