// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

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
  void step(double lr) override { update(lr, std::nullopt); }
  void step(const torch::Tensor& lr, const torch::Tensor& skip) override { update(lr, skip); }
  /// One NAME.momentum a parameter; nothing when momentum is 0.
  NamedTensors state() override;

 private:
  template <class Rate>
  void update(const Rate& lr, const std::optional<torch::Tensor>& skip);
  void plain_step(at::TensorList parameters, std::vector<torch::Tensor> gradients, at::TensorList velocities,
                  double lr) const;

  double weight_decay_, momentum_;
  bool nesterov_;
  std::vector<torch::Tensor> velocities_;  // v, one a parameter; none when momentum is 0
};

}  // namespace retort::optim
