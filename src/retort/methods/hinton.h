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
  bool scale_by_temperature_squared =
      true;  // tau^2 on the soft term: its gradient keeps its size as tau grows

  static HintonOptions from(const config::Node& node);
};

/// The unweighted terms; both are means over the batch, scalars.
struct HintonTerms {
  torch::Tensor hard;     // H(y, softmax(z_s))
  torch::Tensor distill;  // H(softmax(z_t / T), softmax(z_s / T)), times T^2 when scaled
};

/// L = alpha H(y, softmax(z_s)) + beta T^2 H(softmax(z_t / T), softmax(z_s / T)); H is cross-entropy, not
/// divergence: the gradient is the same, the value differs by the teacher's entropy. Logits are [N, C],
/// labels [N] int64; computed in float32 at least.
HintonTerms hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                        const torch::Tensor& labels, const HintonOptions& options);

}  // namespace retort::methods
