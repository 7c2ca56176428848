// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "retort/config/node.h"

namespace retort::models {

/// What a network says of a batch.
struct Output {
  torch::Tensor logits;                 // [N, num_classes]
  std::vector<torch::Tensor> features;  // one a Model::features() entry, in that order
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

/// Which network, in words: a name of model_names() and the options that the name takes. Written into the
/// weights' file, so that a file says what it holds.
struct Architecture {
  std::string name;  // "resnet18"
  std::string stem =
      "cifar";  // resnet18 ... 152: "cifar" (3x3, no max-pool) or "imagenet" (7x7, stride 2, max-pool)
  std::vector<int64_t> widths = {};  // mlp: hidden units, layer by layer
  double dropout = 0;                // mlp: probability on hidden layers
  double input_dropout = 0;          // mlp: probability on the pixels

  /// A name alone, or a dictionary {name: ..., options}; `key` is where it stands, for messages
  /// ("model.teacher").
  static Architecture from(const config::Node& node, const std::string& key);
  /// The form in a file's metadata, and back: '{"name":"mlp","widths":[800,800]}'. A broken text is an Error
  /// (checkpoint).
  std::string to_json() const;
  static Architecture from_json(const std::string& text, const std::string& file);
  bool operator==(const Architecture&) const = default;
};

/// Names for the configuration: resnet18, ..., resnet8x4, mlp.
const std::vector<std::string>& model_names();

/// Builds and initialises the network from the default generator (torch::manual_seed decides), convolution
/// weights channels last.
std::shared_ptr<Model> make_model(const Architecture& architecture, const Task& task);

}  // namespace retort::models
