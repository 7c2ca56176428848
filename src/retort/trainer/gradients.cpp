// SPDX-License-Identifier: MIT
#include "retort/trainer/gradients.h"

#include <torch/utils.h>

namespace retort::trainer {

std::vector<torch::Tensor> gradients_of(const std::vector<torch::Tensor>& parameters) {
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& parameter : parameters)
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  return gradients;
}

double gradient_norm(const std::vector<torch::Tensor>& gradients) {
  const torch::NoGradGuard no_grad;
  if (gradients.empty()) return 0;
  return at::stack(at::_foreach_norm(gradients)).to(torch::kFloat64).norm().item<double>();
}

void clip_gradients(std::vector<torch::Tensor> gradients, double norm, double bound,
                    ClipAlgorithm algorithm) {
  constexpr double kEpsilon = 1e-6;  // PyTorch's
  const torch::NoGradGuard no_grad;
  if (algorithm == ClipAlgorithm::value) {
    at::_foreach_clamp_min_(gradients, -bound);
    at::_foreach_clamp_max_(gradients, bound);
  } else if (const double share = bound / (norm + kEpsilon); share < 1) {
    at::_foreach_mul_(gradients, share);
  }
}

}  // namespace retort::trainer
