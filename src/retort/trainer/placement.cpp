// SPDX-License-Identifier: MIT
#include "retort/trainer/placement.h"

#include <torch/utils.h>

#include "retort/cuda/device.h"

namespace retort::trainer {

torch::Device enter_device(const TrainerOptions& options) {
  return options.accelerator == Accelerator::cuda ? cuda::enter_device(options.gpu)
                                                  : torch::Device(torch::kCPU);
}

torch::Device device_of(const torch::nn::Module& network) { return network.parameters().at(0).device(); }

void place(torch::nn::Module& network, torch::Device device, torch::Dtype dtype) {
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : network.parameters()) parameter.set_data(parameter.to(device, dtype));
  for (torch::Tensor& buffer : network.buffers())
    buffer.set_data(buffer.is_floating_point() ? buffer.to(device, dtype) : buffer.to(device));
}

}  // namespace retort::trainer
