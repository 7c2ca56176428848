// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include "retort/models/model.h"

namespace retort::models {

/// Fully connected layers with ReLU: the networks for MNIST of Hinton, Vinyals, Dean (arXiv:1503.02531),
/// section 3.
struct MlpOptions {
  std::vector<int64_t> widths;  // hidden units, layer by layer
  double dropout = 0;           // probability on hidden layers
  double input_dropout = 0;     // probability on the pixels
};

/// Modules are hidden0, hidden1, ..., fc; features "hidden0" ... are taken before dropout. Layers start as
/// PyTorch's linear layers do.
struct MlpImpl : Model {
  MlpImpl(const MlpOptions& options, const Task& task);
  Output run(Layers& layers, const torch::Tensor& images) override;
  std::vector<Feature> features() const override;

  std::vector<torch::nn::Linear> hidden;  // registered as hidden0, hidden1, ...
  torch::nn::Linear fc{nullptr};

 private:
  MlpOptions options_;
};
TORCH_MODULE(Mlp);

}  // namespace retort::models
