// SPDX-License-Identifier: MIT
#include "retort/optim/adamw.h"

#include <cmath>

#include <ATen/Dispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "retort/optim/for_each_range.h"
#include "retort/optim/update_kernel.h"

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
  if (has_update_kernel(parameters.front())) {
    if (is_set(skip)) return;
    at::_foreach_add_(steps, 1);
    AT_DISPATCH_FLOATING_TYPES(parameters.front().scalar_type(), "adamw", [&] {
      for (size_t i = 0; i < parameters.size(); ++i) {
        const auto step = steps[i].item<double>();
        const AdamWUpdate<scalar_t> update{.lr = as_number(lr),
                                           .weight_decay = weight_decay_,
                                           .beta1 = betas_[0],
                                           .beta2 = betas_[1],
                                           .eps = eps_,
                                           .bias_correction1 = 1 - std::pow(betas_[0], step),
                                           .bias_correction2 = 1 - std::pow(betas_[1], step)};
        for_each_range<scalar_t>(update, parameters[i], gradients[i], exp_avgs[i], exp_avg_sqs[i]);
      }
    });
    return;
  }
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
