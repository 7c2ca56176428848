// SPDX-License-Identifier: MIT
#include "retort/models/bfloat16_probe.h"

#include <ATen/ops/conv2d.h>
#include <torch/types.h>

#include "retort/models/latency.h"

namespace retort::models {
namespace {

double fastest_convolution(torch::Dtype dtype) {
  // From the middle of a ResNet: large enough that its arithmetic decides, small enough for the start.
  constexpr int64_t kBatch = 16, kChannels = 64, kSide = 16;
  const auto options = torch::TensorOptions().dtype(dtype).memory_format(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor image = torch::zeros({kBatch, kChannels, kSide, kSide}, options).requires_grad_();
  const torch::Tensor weight = torch::zeros({kChannels, kChannels, 3, 3}, options).requires_grad_();
  const auto step = [&] {
    const torch::Tensor output = at::conv2d(image, weight, {}, /*stride=*/1, /*padding=*/1);
    output.backward(torch::ones_like(output));
  };
  return quantile(time_calls(step, {.seconds = 0, .fewest_calls = 3}), 0);
}

}  // namespace

double measure_bfloat16_gain() {
  return fastest_convolution(torch::kFloat32) / fastest_convolution(torch::kBFloat16);
}

}  // namespace retort::models
