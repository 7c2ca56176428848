// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/config/node.h"
#include "retort/methods/method.h"

namespace retort::methods {

/// Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network (arXiv:1503.02531), section 2.
struct HintonOptions {
  double temperature = 4.0;          // tau: softens both distributions
  double hard_loss_weight = 0.1;     // alpha: cross-entropy with the labels
  double distill_loss_weight = 0.9;  // beta: cross-entropy with the teacher's distribution
  // tau^2 on the soft term: its gradient keeps its size as tau grows
  bool scale_by_temperature_squared = true;

  /// temperature above 0; weights at least 0 and not both 0.
  static HintonOptions from(const config::Node& node);
};

/// The unweighted terms; both are means over the batch, scalars.
struct HintonTerms {
  torch::Tensor hard;     // H(y, softmax(z_s))
  torch::Tensor distill;  // H(softmax(z_t / T), softmax(z_s / T)), times T^2 when scaled
};

/// L = alpha H(y, softmax(z_s)) + beta T^2 H(softmax(z_t / T), softmax(z_s / T)); H is cross-entropy, not
/// divergence: the gradient is the same, the value differs by the teacher's entropy. Logits are [N, C],
/// labels [N] int64; computed in float32 at least. No gradient flows into the teacher's logits.
HintonTerms hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                        const torch::Tensor& labels, const HintonOptions& options);

/// hinton_loss against one teacher or an ensemble; logs loss_hard and loss_distill, unweighted.
class Hinton : public Method {
 public:
  using Options = HintonOptions;

  Hinton(const HintonOptions& options, TeacherOptions teacher);
  Losses losses(const StepContext& context) override;
  bool needs_teacher() const override { return true; }

 private:
  HintonOptions options_;
  TeacherOptions teacher_;
};

}  // namespace retort::methods
