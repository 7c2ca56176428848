// SPDX-License-Identifier: MIT
#include "retort/optim/adamw.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace retort::optim {

AdamW::AdamW(const OptimizerOptions& options, NamedTensors parameters)
    : Optimizer(std::move(parameters)),
      betas_(options.betas),
      eps_(options.eps),
      weight_decay_(options.weight_decay) {
  const auto no_grad = at::TensorOptions().requires_grad(false);
  for (const auto& [name, parameter] : parameters_) {
    moments_.push_back({.exp_avg = at::zeros_like(parameter, no_grad),
                        .exp_avg_sq = at::zeros_like(parameter, no_grad),
                        .step = at::zeros({}, no_grad.dtype(at::kFloat).device(parameter.device()))});
  }
}

template <class Rate>
void AdamW::update(const Rate& lr, const std::optional<torch::Tensor>& skip) {
  const at::NoGradGuard no_grad;
  std::vector<torch::Tensor> parameters, gradients, exp_avgs, exp_avg_sqs, steps;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    torch::Tensor gradient = gradient_of(parameters_[i].second);
    if (!gradient.defined()) continue;
    parameters.push_back(parameters_[i].second);
    gradients.push_back(std::move(gradient));
    exp_avgs.push_back(moments_[i].exp_avg);
    exp_avg_sqs.push_back(moments_[i].exp_avg_sq);
    steps.push_back(moments_[i].step);
  }
  if (parameters.empty()) return;
  if (skip)
    at::_foreach_add_(steps, 1 - *skip);
  else
    at::_foreach_add_(steps, 1);
  at::_fused_adamw_(parameters, gradients, exp_avgs, exp_avg_sqs, /*max_exp_avg_sqs=*/{}, steps, lr,
                    betas_[0], betas_[1], weight_decay_, eps_, /*amsgrad=*/false, /*maximize=*/false,
                    /*grad_scale=*/{}, /*found_inf=*/skip);
}

NamedTensors AdamW::state() {
  NamedTensors state;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const std::string& name = parameters_[i].first;
    state.emplace_back(name + ".exp_avg", moments_[i].exp_avg);
    state.emplace_back(name + ".exp_avg_sq", moments_[i].exp_avg_sq);
    state.emplace_back(name + ".step", moments_[i].step);
  }
  return state;
}

}  // namespace retort::optim
