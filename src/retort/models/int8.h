// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <torch/types.h>

namespace retort::models {

// Eight-bit arithmetic after training: Jacob et al., arXiv:1712.05877, section 2; weights with a scale for
// each output channel: Krishnamoorthi, arXiv:1806.08342, section 2.

/// Between which numbers a value lies over batches of pictures: the means of the batches' extremes, so that
/// one outlier does not cost all other numbers their precision.
class ValueRange {
 public:
  void add(const torch::Tensor& batch);  // of any floating-point type, not empty
  double lowest() const { return sums_[0] / static_cast<double>(batches_); }
  double highest() const { return sums_[1] / static_cast<double>(batches_); }

 private:
  double sums_[2] = {0, 0};
  int64_t batches_ = 0;
};

/// A weight [out, ...] as int8 of its shape, symmetric: weight ~ levels * scales, `scales` [out] float32.
struct Int8Weight {
  torch::Tensor levels, scales;
};
Int8Weight round_to_int8(const torch::Tensor& weight);

}  // namespace retort::models
