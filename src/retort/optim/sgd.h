// SPDX-License-Identifier: MIT
#pragma once

#include "retort/optim/optimizer.h"

namespace retort::optim {

/// Stochastic gradient descent as torch.optim.SGD does it (dampening 0):
///
///     g <- gradient + weight_decay * p
///     v <- momentum * v + g                       v starts at 0
///     p <- p - lr * (nesterov ? g + momentum * v : v)
class Sgd : public Optimizer {
 public:
  Sgd(const OptimizerOptions& options, NamedTensors parameters);
  void step(double lr) override;
  /// One NAME.momentum a parameter; nothing when momentum is 0.
  NamedTensors state() override;

 private:
  void plain_step(at::TensorList parameters, std::vector<torch::Tensor> gradients, at::TensorList velocities,
                  double lr) const;

  double weight_decay_, momentum_;
  bool nesterov_;
  std::vector<torch::Tensor> velocities_;  // v, one a parameter; none when momentum is 0
};

}  // namespace retort::optim
