// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/ops/cross_entropy_loss.h>
#include <torch/types.h>

namespace retort::methods {

/// H(y, softmax(z)), averaged over the batch; y is 1 - label_smoothing at the label, and label_smoothing / C
/// at every class besides. Logits are [N, C], labels [N] int64, or [N, C] probabilities.
inline torch::Tensor hard_loss(const torch::Tensor& logits, const torch::Tensor& labels,
                               double label_smoothing) {
  constexpr int64_t kIgnoresNothing = -100;
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::Mean, kIgnoresNothing,
                                label_smoothing);
}

}  // namespace retort::methods
