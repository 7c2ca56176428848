// SPDX-License-Identifier: MIT
#include "retort/models/layers.h"

#include "retort/models/convolution.h"
#include "retort/models/normalization.h"

namespace retort::models {
namespace {

// Normalisation does not keep its result for the backward pass, so both the sum and the ReLU may be in place.
torch::Tensor normalize_plainly(torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                                const Epilogue& epilogue) {
  torch::Tensor result = bn->forward(x);
  if (epilogue.shortcut.defined()) result.add_(epilogue.shortcut);
  return epilogue.relu ? result.relu_() : result;
}

class PlainLayers : public Layers {
 public:
  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override {
    return normalize_plainly(bn, conv->forward(x), epilogue);
  }

  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) final {
    torch::Tensor result = fc->forward(x);
    return relu ? result.relu_() : result;
  }
};

class TrainingLayers : public PlainLayers {
 public:
  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override {
    const torch::Tensor result =
        prefers_matrix_gradient(*conv, x) ? convolution_with_matrix_gradient(*conv, x) : conv->forward(x);
    return can_fuse_batch_norm(*bn, result, epilogue) ? fused_batch_norm(*bn, result, epilogue)
                                                      : normalize_plainly(bn, result, epilogue);
  }
};

}  // namespace

Layers& plain_layers() {
  static PlainLayers layers;
  return layers;
}

Layers& training_layers() {
  static TrainingLayers layers;
  return layers;
}

}  // namespace retort::models
