// SPDX-License-Identifier: MIT
#include "retort/trainer/gradients.h"

#include <torch/utils.h>

namespace retort::trainer {
namespace {

constexpr double kEpsilon = 1e-6;  // PyTorch's

void clip_values(std::vector<torch::Tensor>& gradients, double bound) {
  at::_foreach_clamp_min_(gradients, -bound);
  at::_foreach_clamp_max_(gradients, bound);
}

}  // namespace

std::vector<torch::Tensor> gradients_of(const std::vector<torch::Tensor>& parameters) {
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& parameter : parameters)
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  return gradients;
}

double gradient_norm(const std::vector<torch::Tensor>& gradients) {
  return gradients.empty() ? 0 : gradient_norm_there(gradients).item<double>();
}

torch::Tensor gradient_norm_there(const std::vector<torch::Tensor>& gradients) {
  const torch::NoGradGuard no_grad;
  return at::stack(at::_foreach_norm(gradients)).to(torch::kFloat64).norm();
}

void clip_gradients(std::vector<torch::Tensor> gradients, double norm, double bound,
                    ClipAlgorithm algorithm) {
  const torch::NoGradGuard no_grad;
  if (algorithm == ClipAlgorithm::value)
    clip_values(gradients, bound);
  else if (const double share = bound / (norm + kEpsilon); share < 1)
    at::_foreach_mul_(gradients, share);
}

void clip_gradients(std::vector<torch::Tensor> gradients, const torch::Tensor& norm, double bound,
                    ClipAlgorithm algorithm) {
  const torch::NoGradGuard no_grad;
  if (algorithm == ClipAlgorithm::value)
    clip_values(gradients, bound);
  else
    at::_foreach_mul_(gradients,
                      (bound / (norm + kEpsilon)).clamp_max(1).to(gradients.front().scalar_type()));
}

}  // namespace retort::trainer
