// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/optim/optimizer.h"

namespace retort::optim {

/// Keeps small gradients of float16 from vanishing: the loss is multiplied by a scale and the gradients are
/// divided by it, with the scale and the rules of torch.amp.GradScaler. Where a gradient is not finite the
/// step is to be left out, and the scale halves; after 2000 steps in a row without, it doubles. All of it
/// happens on the device, and nothing is waited for.
///
///     scaler.scaled(loss).backward();
///     scaler.unscale(gradients);
///     if (scaler.found_inf() == 0) optimizer.step(lr);   // an Optimizer asks itself
///     scaler.update();
class GradientScaler {
 public:
  struct Options {
    double init_scale = 65536;
    double growth_factor = 2;
    double backoff_factor = 0.5;
    int64_t growth_interval = 2000;  // steps
  };

  explicit GradientScaler(torch::Device device) : GradientScaler(device, Options{}) {}
  GradientScaler(torch::Device device, const Options& options);

  torch::Tensor scaled(const torch::Tensor& loss) const { return loss * scale_; }
  const torch::Tensor& scale() const { return scale_; }  // a float32 scalar
  /// In place, before a norm is taken or bounded.
  void unscale(at::TensorList gradients);
  /// A float32 scalar: above 0 where a gradient of the last unscale() was not finite.
  const torch::Tensor& found_inf() const { return found_inf_; }
  void update();

  /// "scale" and "growth_tracker"; the tensors are the live ones, as Optimizer::state().
  NamedTensors state() const { return {{"scale", scale_}, {"growth_tracker", growth_tracker_}}; }

 private:
  Options options_;
  torch::Tensor scale_;           // float32 scalar
  torch::Tensor growth_tracker_;  // int32 scalar: steps since the scale changed
  torch::Tensor found_inf_;
};

}  // namespace retort::optim
