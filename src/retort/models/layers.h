// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

namespace retort::models {

/// What follows a layer while its result is at hand: `shortcut` is added where it is given (of the result's
/// shape), then negative values become 0 where `relu` says so.
struct Epilogue {
  torch::Tensor shortcut{};
  bool relu = false;
};

/// The operations that networks are made of, in the groups that a machine does in one pass over memory. A
/// network says its wiring once (Model::run); the layers decide how each group is computed: with gradients
/// and batch statistics (training_layers), or folded and packed for answering alone (InferenceModel).
class Layers {
 public:
  virtual ~Layers() = default;

  /// epilogue(bn(conv(x))). x is [N, C, H, W].
  virtual torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                                const Epilogue& epilogue) = 0;

  /// fc(x), then the ReLU where asked. x is [N, C].
  virtual torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) = 0;
};

/// The modules as they are, one by one: differentiable, and each in the mode (training or evaluation) that it
/// is in.
Layers& plain_layers();
/// The same, put together where that is quicker to train.
Layers& training_layers();

}  // namespace retort::models
