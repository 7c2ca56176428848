// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include "retort/models/layers.h"

namespace retort::models {

// Convolutions of residual networks: no bias, since batch normalisation follows; the size is kept at
// stride 1.
torch::nn::Conv2d conv3x3(int64_t in_channels, int64_t out_channels, int64_t stride = 1);
torch::nn::Conv2d conv1x1(int64_t in_channels, int64_t out_channels, int64_t stride = 1);

/// A block of a residual network: relu(x + what its convolutions make of x). x is [N, in_channels, H, W].
struct Residual : torch::nn::Module {
  virtual torch::Tensor run(Layers& layers, const torch::Tensor& x) = 0;

 protected:
  /// x where it has the result's shape already; else a 1x1 convolution of it, normalised.
  torch::Tensor shortcut(Layers& layers, const torch::Tensor& x);
  void register_downsample(int64_t in_channels, int64_t out_channels, int64_t stride);

 private:
  torch::nn::Conv2d downsample_conv_{nullptr};
  torch::nn::BatchNorm2d downsample_bn_{nullptr};
};

/// He et al., Deep Residual Learning (arXiv:1512.03385), figure 5 left: two 3x3 convolutions. The result is
/// [N, width, H / stride, W / stride].
struct BasicBlock : Residual {
  static constexpr int64_t kExpansion = 1;

  BasicBlock(int64_t in_channels, int64_t width, int64_t stride);
  torch::Tensor run(Layers& layers, const torch::Tensor& x) override;

  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::Conv2d conv2;
  torch::nn::BatchNorm2d bn2;
};

/// Figure 5 right: 1x1 down to width, 3x3, 1x1 up to 4 * width. The stride stands on the 3x3 ("v1.5"), as in
/// torchvision; the paper has it on the first 1x1.
struct Bottleneck : Residual {
  static constexpr int64_t kExpansion = 4;

  Bottleneck(int64_t in_channels, int64_t width, int64_t stride);
  torch::Tensor run(Layers& layers, const torch::Tensor& x) override;

  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::Conv2d conv2;
  torch::nn::BatchNorm2d bn2;
  torch::nn::Conv2d conv3;
  torch::nn::BatchNorm2d bn3;
};

}  // namespace retort::models
