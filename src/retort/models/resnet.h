// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include "retort/models/model.h"

namespace retort::models {

enum class ResidualBlock { basic, bottleneck };

enum class Stem {
  cifar,     // 3x3, stride 1: pictures of 32 pixels keep their size
  imagenet,  // 7x7, stride 2, then a max-pool of stride 2
};

/// A stem, stages of residual blocks that each halve the size (the first does not), the mean over space, and
/// one linear layer.
struct ResNetOptions {
  ResidualBlock block = ResidualBlock::basic;
  Stem stem = Stem::cifar;
  int64_t stem_width = 64;                            // channels that the stem gives
  std::vector<int64_t> widths = {64, 128, 256, 512};  // of each stage; a bottleneck's result is 4 times wider
  std::vector<int64_t> depths = {2, 2, 2, 2};         // blocks in each stage
};

/// ResNet-18, 34, 50, 101 or 152 of He et al., Deep Residual Learning (arXiv:1512.03385), table 1.
ResNetOptions resnet_options(int64_t depth, Stem stem);

/// Module names are torchvision's: conv1, bn1, layer1 ..., fc. Features: "layer1" ... and "pooled".
/// Convolutions start from Kaiming's normal distribution (fan out), as torchvision's do.
struct ResNetImpl : Model {
  ResNetImpl(const ResNetOptions& options, const Task& task);
  Output run(Layers& layers, const torch::Tensor& images) override;
  std::vector<Feature> features() const override { return features_; }

  torch::nn::Conv2d conv1{nullptr};
  torch::nn::BatchNorm2d bn1{nullptr};
  std::vector<torch::nn::ModuleList> stages;  // of Residual blocks; registered as layer1, layer2, ...
  torch::nn::Linear fc{nullptr};

 private:
  Stem stem_;
  std::vector<Feature> features_;
};
TORCH_MODULE(ResNet);

}  // namespace retort::models
