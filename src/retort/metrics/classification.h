// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <torch/types.h>

namespace retort::metrics {

/// Figures of a classifier on one split.
struct Classification {
  double loss = 0;           // mean cross-entropy with the labels, natural logarithm
  double accuracy_top1 = 0;  // share in [0, 1]
  double accuracy_top5 = 0;  // 1 when there are at most five classes
  int64_t errors = 0;        // pictures whose first choice is wrong
  int64_t samples = 0;
};

/// Sums over batches; the figures are exact means over samples, whatever the batches' sizes.
class ClassificationMeter {
 public:
  /// Logits [N, C] of any float dtype, labels [N] int64. A class with an equal logit and a lower index ranks
  /// first; NaN ranks above every number, so that a network that has diverged is not taken for a good one.
  /// Waits for the device once.
  void update(const torch::Tensor& logits, const torch::Tensor& labels);
  /// All zeros before the first sample.
  Classification compute() const;

 private:
  double loss_sum_ = 0;
  int64_t top1_ = 0, top5_ = 0, samples_ = 0;
};

}  // namespace retort::metrics
