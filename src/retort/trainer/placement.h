// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include "retort/trainer/options.h"

namespace retort::trainer {

/// Where a training computes. Where that is a GPU, this process is made to compute there; an Error
/// (resources) when it cannot be used.
torch::Device enter_device(const TrainerOptions& options);

/// Where a network's weights lie, and with them what it takes and gives.
torch::Device device_of(const torch::nn::Module& network);

/// Moves a network's weights and buffers, and rounds the floating ones to `dtype`: as Module::to, which would
/// make floats of batch normalisation's counters too.
void place(torch::nn::Module& network, torch::Device device, torch::Dtype dtype);

}  // namespace retort::trainer
