// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/methods/hinton_options.h"
#include "retort/methods/method.h"

namespace retort::methods {

/// The unweighted terms; both are means over the batch, scalars.
struct HintonTerms {
  torch::Tensor hard;     // H(y, softmax(z_s)), y smoothed by options.label_smoothing
  torch::Tensor distill;  // H(softmax(z_t / T), softmax(z_s / T)), times T^2 when scaled
};

/// L = alpha H(y, softmax(z_s)) + beta T^2 H(softmax(z_t / T), softmax(z_s / T)); H is cross-entropy, not
/// divergence: the gradient is the same, the value differs by the teacher's entropy. Logits are [N, C],
/// labels [N] int64 or [N, C] probabilities; computed in float32 at least. No gradient flows into the
/// teacher's logits.
HintonTerms hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                        const torch::Tensor& labels, const HintonOptions& options);

/// hinton_loss against one teacher or an ensemble; logs loss_hard and loss_distill, unweighted.
class Hinton : public Method {
 public:
  using Options = HintonOptions;

  Hinton(const HintonOptions& options, TeacherOptions teacher);
  Losses losses(const StepContext& context) override;
  bool needs_teacher() const override { return true; }
  bool follows_progress() const override { return false; }

 private:
  HintonOptions options_;
  TeacherOptions teacher_;
};

}  // namespace retort::methods
