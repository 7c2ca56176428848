// SPDX-License-Identifier: MIT
#include "retort/models/blocks.h"

namespace retort::models {
namespace {

torch::nn::Conv2d convolution(int64_t in_channels, int64_t out_channels, int64_t size, int64_t stride) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in_channels, out_channels, size).stride(stride).padding(size / 2).bias(false));
}

torch::nn::Sequential make_downsample(int64_t in_channels, int64_t out_channels, int64_t stride) {
  if (stride == 1 && in_channels == out_channels) return nullptr;
  return torch::nn::Sequential(conv1x1(in_channels, out_channels, stride),
                               torch::nn::BatchNorm2d(out_channels));
}

// The branch's last tensor is its own, and normalisation does not keep its result for the backward pass, so
// both the sum and the ReLU may be in place.
torch::Tensor join(torch::Tensor branch, const torch::Tensor& x, torch::nn::Sequential& downsample) {
  return branch.add_(downsample.is_empty() ? x : downsample->forward(x)).relu_();
}

}  // namespace

torch::nn::Conv2d conv3x3(int64_t in_channels, int64_t out_channels, int64_t stride) {
  return convolution(in_channels, out_channels, /*size=*/3, stride);
}

torch::nn::Conv2d conv1x1(int64_t in_channels, int64_t out_channels, int64_t stride) {
  return convolution(in_channels, out_channels, /*size=*/1, stride);
}

BasicBlock::BasicBlock(int64_t in_channels, int64_t width, int64_t stride)
    : conv1(register_module("conv1", conv3x3(in_channels, width, stride))),
      bn1(register_module("bn1", torch::nn::BatchNorm2d(width))),
      conv2(register_module("conv2", conv3x3(width, width))),
      bn2(register_module("bn2", torch::nn::BatchNorm2d(width))),
      downsample(make_downsample(in_channels, width, stride)) {
  if (downsample) register_module("downsample", downsample);
}

torch::Tensor BasicBlock::forward(const torch::Tensor& x) {
  torch::Tensor branch = bn1->forward(conv1->forward(x)).relu_();
  branch = bn2->forward(conv2->forward(branch));
  return join(branch, x, downsample);
}

Bottleneck::Bottleneck(int64_t in_channels, int64_t width, int64_t stride)
    : conv1(register_module("conv1", conv1x1(in_channels, width))),
      bn1(register_module("bn1", torch::nn::BatchNorm2d(width))),
      conv2(register_module("conv2", conv3x3(width, width, stride))),
      bn2(register_module("bn2", torch::nn::BatchNorm2d(width))),
      conv3(register_module("conv3", conv1x1(width, kExpansion * width))),
      bn3(register_module("bn3", torch::nn::BatchNorm2d(kExpansion * width))),
      downsample(make_downsample(in_channels, kExpansion * width, stride)) {
  if (downsample) register_module("downsample", downsample);
}

torch::Tensor Bottleneck::forward(const torch::Tensor& x) {
  torch::Tensor branch = bn1->forward(conv1->forward(x)).relu_();
  branch = bn2->forward(conv2->forward(branch)).relu_();
  branch = bn3->forward(conv3->forward(branch));
  return join(branch, x, downsample);
}

}  // namespace retort::models
