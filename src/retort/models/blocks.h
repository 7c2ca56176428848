// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

namespace retort::models {

// Convolutions of residual networks: no bias, since batch normalisation follows; the size is kept at
// stride 1.
torch::nn::Conv2d conv3x3(int64_t in_channels, int64_t out_channels, int64_t stride = 1);
torch::nn::Conv2d conv1x1(int64_t in_channels, int64_t out_channels, int64_t stride = 1);

/// He et al., Deep Residual Learning (arXiv:1512.03385), figure 5 left: relu(x + two 3x3 convolutions of x).
/// x is [N, in_channels, H, W], the result [N, width, H / stride, W / stride].
struct BasicBlock : torch::nn::Module {
  static constexpr int64_t kExpansion = 1;

  BasicBlock(int64_t in_channels, int64_t width, int64_t stride);
  torch::Tensor forward(const torch::Tensor& x);

  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::Conv2d conv2;
  torch::nn::BatchNorm2d bn2;
  torch::nn::Sequential
      downsample;  // 1x1 convolution and normalisation; empty where x has the result's shape
};

/// Figure 5 right: 1x1 down to width, 3x3, 1x1 up to 4 * width. The stride stands on the 3x3 ("v1.5"), as in
/// torchvision; the paper has it on the first 1x1.
struct Bottleneck : torch::nn::Module {
  static constexpr int64_t kExpansion = 4;

  Bottleneck(int64_t in_channels, int64_t width, int64_t stride);
  torch::Tensor forward(const torch::Tensor& x);

  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::Conv2d conv2;
  torch::nn::BatchNorm2d bn2;
  torch::nn::Conv2d conv3;
  torch::nn::BatchNorm2d bn3;
  torch::nn::Sequential downsample;
};

}  // namespace retort::models
