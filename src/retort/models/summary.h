// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "retort/models/model.h"

namespace retort::models {

/// What a network costs.
struct Cost {
  int64_t parameters = 0;       // trainable elements
  int64_t parameter_bytes = 0;  // of parameters and buffers as stored
  int64_t forward_flops = 0;    // of one picture: 2 a multiply-add, of convolutions and linear layers
};

/// Runs one picture of zeros through the network (evaluation mode, no gradients; the mode is put back).
Cost measure_cost(Model& model, const Task& task);

}  // namespace retort::models
