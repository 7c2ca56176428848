// SPDX-License-Identifier: MIT
#include "retort/optim/gradient_scaler.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/_amp_update_scale.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

namespace retort::optim {

GradientScaler::GradientScaler(torch::Device device, const Options& options)
    : options_(options),
      scale_(at::full({}, options.init_scale, at::TensorOptions(at::kFloat).device(device))),
      growth_tracker_(at::zeros({}, at::TensorOptions(at::kInt).device(device))),
      found_inf_(at::zeros({}, scale_.options())) {}

void GradientScaler::unscale(at::TensorList gradients) {
  const at::NoGradGuard no_grad;
  found_inf_.zero_();
  // Divided in float64, as torch.amp.GradScaler does.
  const torch::Tensor inverse = scale_.to(at::kDouble).reciprocal().to(at::kFloat);
  at::_amp_foreach_non_finite_check_and_unscale_(gradients, found_inf_, inverse);
}

void GradientScaler::update() {
  const at::NoGradGuard no_grad;
  at::_amp_update_scale_(scale_, growth_tracker_, found_inf_, options_.growth_factor, options_.backoff_factor,
                         options_.growth_interval);
}

}  // namespace retort::optim
