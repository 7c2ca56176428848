// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace retort::methods {

/// Hinton's loss with its gradient, row by row in one visit to each row of logits (see hinton_loss). Knows no
/// tensor library, so that the compiler sees plain loops.
struct HintonKernel {
  // Teacher k's logits of row n start at teachers[k] + n * classes.
  std::span<const float* const> teachers;
  std::span<const double> shares;  // one a teacher, of sum 1
  bool geometric = false;          // the mean of logits instead of the mean of softened distributions
  int64_t classes = 0;
  double temperature = 1;
  double label_smoothing = 0;  // in [0, 1]: so much of a label is shared out to all classes
  double hard_scale = 0;       // what d loss_hard counts in the gradient: alpha / N
  double distill_scale = 0;    // of d H(p, q), with T^2 where it is wanted: beta T^2 / N

  struct Sums {
    double hard = 0;     // sum over rows of H(y, softmax(z_s))
    double distill = 0;  // sum over rows of H(p, softmax(z_s / T)), without T^2
  };

  /// Rows [first, last). `student`, `labels` and `gradient` start at row 0; labels are in [0, classes).
  /// `scratch` holds scratch_floats().
  Sums run(const float* student, const int64_t* labels, int64_t first, int64_t last, float* gradient,
           std::span<float> scratch) const;
  int64_t scratch_floats() const;
};

}  // namespace retort::methods
