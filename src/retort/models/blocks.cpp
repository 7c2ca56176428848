// SPDX-License-Identifier: MIT
#include "retort/models/blocks.h"

#include <torch/nn/modules/container/modulelist.h>

namespace retort::models {
namespace {

torch::nn::Conv2d convolution(int64_t in_channels, int64_t out_channels, int64_t size, int64_t stride) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in_channels, out_channels, size).stride(stride).padding(size / 2).bias(false));
}

}  // namespace

torch::nn::Conv2d conv3x3(int64_t in_channels, int64_t out_channels, int64_t stride) {
  return convolution(in_channels, out_channels, /*size=*/3, stride);
}

torch::nn::Conv2d conv1x1(int64_t in_channels, int64_t out_channels, int64_t stride) {
  return convolution(in_channels, out_channels, /*size=*/1, stride);
}

void Residual::register_downsample(int64_t in_channels, int64_t out_channels, int64_t stride) {
  if (stride == 1 && in_channels == out_channels) return;
  downsample_conv_ = conv1x1(in_channels, out_channels, stride);
  downsample_bn_ = torch::nn::BatchNorm2d(out_channels);
  register_module("downsample", torch::nn::ModuleList(downsample_conv_, downsample_bn_));
}

torch::Tensor Residual::shortcut(Layers& layers, const torch::Tensor& x) {
  return downsample_conv_ ? layers.conv_bn(downsample_conv_, downsample_bn_, x, {}) : x;
}

BasicBlock::BasicBlock(int64_t in_channels, int64_t width, int64_t stride)
    : conv1(register_module("conv1", conv3x3(in_channels, width, stride))),
      bn1(register_module("bn1", torch::nn::BatchNorm2d(width))),
      conv2(register_module("conv2", conv3x3(width, width))),
      bn2(register_module("bn2", torch::nn::BatchNorm2d(width))) {
  register_downsample(in_channels, width, stride);
}

torch::Tensor BasicBlock::run(Layers& layers, const torch::Tensor& x) {
  const torch::Tensor hidden = layers.conv_bn(conv1, bn1, x, {.relu = true});
  return layers.conv_bn(conv2, bn2, hidden, {.shortcut = shortcut(layers, x), .relu = true});
}

Bottleneck::Bottleneck(int64_t in_channels, int64_t width, int64_t stride)
    : conv1(register_module("conv1", conv1x1(in_channels, width))),
      bn1(register_module("bn1", torch::nn::BatchNorm2d(width))),
      conv2(register_module("conv2", conv3x3(width, width, stride))),
      bn2(register_module("bn2", torch::nn::BatchNorm2d(width))),
      conv3(register_module("conv3", conv1x1(width, kExpansion * width))),
      bn3(register_module("bn3", torch::nn::BatchNorm2d(kExpansion * width))) {
  register_downsample(in_channels, kExpansion * width, stride);
}

torch::Tensor Bottleneck::run(Layers& layers, const torch::Tensor& x) {
  torch::Tensor hidden = layers.conv_bn(conv1, bn1, x, {.relu = true});
  hidden = layers.conv_bn(conv2, bn2, hidden, {.relu = true});
  return layers.conv_bn(conv3, bn3, hidden, {.shortcut = shortcut(layers, x), .relu = true});
}

}  // namespace retort::models
