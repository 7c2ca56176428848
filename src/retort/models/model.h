// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "retort/models/architecture.h"

namespace retort::models {

/// What a network says of a batch.
struct Output {
  torch::Tensor logits;                 // [N, num_classes]
  std::vector<torch::Tensor> features;  // one a Model::features() entry, in that order; after the ReLU
};

/// A place in the network that a distillation method may ask for.
struct Feature {
  std::string name;      // "layer1", "pooled", "hidden0"
  int64_t channels = 0;  // of [N, channels, H, W] or [N, channels]
};

/// A network that classifies pictures. Parameter names are torchvision's where torchvision has the network.
class Model : public torch::nn::Module {
 public:
  /// Images are [N, C, H, W], normalised.
  virtual Output forward(const torch::Tensor& images) = 0;
  virtual std::vector<Feature> features() const = 0;
};

/// The shape of what a network sees and says; comes from the data set.
struct Task {
  int64_t channels = 3, height = 32, width = 32;
  int64_t num_classes = 10;
};

/// Builds and initialises the network from the default generator (torch::manual_seed decides), convolution
/// weights channels last.
std::shared_ptr<Model> make_model(const Architecture& architecture, const Task& task);

}  // namespace retort::models
