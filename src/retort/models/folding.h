// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/stack.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

namespace retort::models {

/// A convolution that has taken in the normalisation after it. Weight and bias are float64, so that whoever
/// narrows them rounds once.
struct FoldedConvolution {
  torch::Tensor weight;  // [out, in / groups, height, width]
  torch::Tensor bias;    // [out]
  std::vector<int64_t> padding, stride, dilation;
  int64_t groups = 1;
};

/// y = gamma (conv(x) - mean) / sqrt(var + eps) + beta is a convolution with other weights and a bias.
FoldedConvolution fold(const torch::nn::Conv2dImpl& conv, const torch::nn::BatchNorm2dImpl& bn);

/// Calls an operator that has no C++ function in LibTorch, by its name in the dispatcher; it returns one
/// tensor.
torch::Tensor call_operator(const char* name, const char* overload, torch::jit::Stack arguments);

}  // namespace retort::models
