// SPDX-License-Identifier: MIT
#include "retort/optim/sgd.h"

#include <ATen/Dispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/zeros_like.h>

#include "retort/optim/for_each_range.h"
#include "retort/optim/update_kernel.h"

namespace retort::optim {

Sgd::Sgd(const OptimizerOptions& options, NamedTensors parameters)
    : Optimizer(std::move(parameters)),
      weight_decay_(options.weight_decay),
      momentum_(options.momentum),
      nesterov_(options.nesterov) {
  if (momentum_ == 0) return;
  for (const auto& [name, parameter] : parameters_) {
    velocities_.push_back(at::zeros_like(parameter, at::TensorOptions().requires_grad(false)));
  }
}

template <class Rate>
void Sgd::update(const Rate& lr, const std::optional<torch::Tensor>& skip) {
  const at::NoGradGuard no_grad;
  std::vector<torch::Tensor> parameters, gradients, velocities;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    torch::Tensor gradient = gradient_of(parameters_[i].second);
    if (!gradient.defined()) continue;
    parameters.push_back(parameters_[i].second);
    gradients.push_back(std::move(gradient));
    if (momentum_ != 0) velocities.push_back(velocities_[i]);
  }
  if (parameters.empty()) return;
  if (has_update_kernel(parameters.front())) {
    if (is_set(skip)) return;
    AT_DISPATCH_FLOATING_TYPES(parameters.front().scalar_type(), "sgd", [&] {
      const SgdUpdate<scalar_t> update{as_number(lr), weight_decay_, momentum_, nesterov_};
      for (size_t i = 0; i < parameters.size(); ++i)
        for_each_range<scalar_t>(update, parameters[i], gradients[i],
                                 velocities.empty() ? torch::Tensor() : velocities[i]);
    });
    return;
  }
  // LibTorch's fused kernel for the CPU (2.13) does not move bfloat16 weights, and takes their velocity for
  // floats, past its end.
  if (parameters.front().scalar_type() == at::kBFloat16 && parameters.front().device().is_cpu()) {
    if (!is_set(skip)) plain_step(parameters, std::move(gradients), velocities, as_number(lr));
    return;
  }
  // torch.optim starts the velocity with the first gradient; 0 * momentum + gradient is the same number, so
  // no step has to be told from the others.
  at::_fused_sgd_(parameters, gradients, velocities, weight_decay_, momentum_, lr, /*dampening=*/0, nesterov_,
                  /*maximize=*/false, /*is_first_step=*/false, /*grad_scale=*/{}, /*found_inf=*/skip);
}

void Sgd::plain_step(at::TensorList parameters, std::vector<torch::Tensor> gradients,
                     at::TensorList velocities, double lr) const {
  if (weight_decay_ != 0) gradients = at::_foreach_add(gradients, parameters, /*alpha=*/weight_decay_);
  if (momentum_ != 0) {
    at::_foreach_mul_(velocities, momentum_);
    at::_foreach_add_(velocities, gradients);
    gradients = nesterov_ ? at::_foreach_add(gradients, velocities, /*alpha=*/momentum_) : velocities.vec();
  }
  at::_foreach_add_(parameters, gradients, /*alpha=*/-lr);
}

NamedTensors Sgd::state() {
  NamedTensors state;
  for (size_t i = 0; i < velocities_.size(); ++i) {
    state.emplace_back(parameters_[i].first + ".momentum", velocities_[i]);
  }
  return state;
}

}  // namespace retort::optim
