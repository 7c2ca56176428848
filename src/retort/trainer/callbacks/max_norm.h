// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/module.h>

#include "retort/trainer/callback.h"

namespace retort::trainer {

/// Scales the weights that enter a unit down to a Euclidean norm of max_norm where theirs is larger. Biases
/// and normalisation are left alone.
void limit_norms(torch::nn::Module& network, double max_norm);

/// Keeps the weights that enter each unit at a Euclidean norm of at most `max_norm`, after every step (Hinton
/// et al., arXiv:1207.0580: a constraint, not a penalty).
class MaxNorm : public Callback {
 public:
  explicit MaxNorm(double max_norm) : max_norm_(max_norm) {}

  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  std::string name() const override { return "max_norm"; }

 private:
  double max_norm_;
};

}  // namespace retort::trainer
