// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/types.h>

#include "retort/checkpoint/weights.h"
#include "retort/models/model.h"

namespace retort::trainer {

/// A loss or a gradient that is infinite or NaN: the step that would have used it was not done.
struct NonFinite {
  std::string what;   // "the loss", "a gradient", or that it is one of the two
  std::string place;  // the first layer where such a number stands
  int64_t step = 0, epoch = 0, batch = 0;
  double lr = 0;

  /// "the loss is not finite at step 7 (epoch 0, batch 7, lr 0.1); first in the weights of fc1.weight"
  std::string to_string() const;
};

/// Whether every number is finite. Tensors that are not of floating point are.
bool are_finite(const std::vector<torch::Tensor>& tensors);

/// Names the first place, in the order of the network, that holds a number that is not finite: a weight, what
/// the network makes of the pictures, or a gradient.
std::string find_nonfinite(models::Model& model, const torch::Tensor& images);

/// A network is never saved with such numbers: an Error (numeric) that names the first.
void check_finite(const checkpoint::NamedTensors& tensors);

}  // namespace retort::trainer
