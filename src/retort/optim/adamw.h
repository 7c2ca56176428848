// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "retort/optim/optimizer.h"

namespace retort::optim {

/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101) as torch.optim.AdamW does it:
///
///     t <- t + 1                                  t, m, v start at 0
///     p <- p - lr * weight_decay * p
///     m <- beta1 * m + (1 - beta1) * g
///     v <- beta2 * v + (1 - beta2) * g^2
///     p <- p - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
class AdamW : public Optimizer {
 public:
  AdamW(const OptimizerOptions& options, NamedTensors parameters);
  void step(double lr) override { update(lr, std::nullopt); }
  void step(const torch::Tensor& lr, const torch::Tensor& skip) override { update(lr, skip); }
  /// NAME.exp_avg (m), NAME.exp_avg_sq (v) and NAME.step (t, a float32 scalar) of every parameter.
  NamedTensors state() override;

 private:
  template <class Rate>
  void update(const Rate& lr, const std::optional<torch::Tensor>& skip);

  struct Moments {
    torch::Tensor exp_avg, exp_avg_sq, step;
  };
  std::array<double, 2> betas_;
  double eps_, weight_decay_;
  std::vector<Moments> moments_;  // one a parameter
};

}  // namespace retort::optim
