// SPDX-License-Identifier: MIT
#include "retort/models/layers.h"

#include "retort/models/convolution.h"
#include "retort/models/normalization.h"

namespace retort::models {
namespace {

class TrainingLayers : public Layers {
 public:
  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override {
    torch::Tensor result =
        prefers_matrix_gradient(*conv, x) ? convolution_with_matrix_gradient(*conv, x) : conv->forward(x);
    if (can_fuse_batch_norm(*bn, result, epilogue)) return fused_batch_norm(*bn, result, epilogue);
    // Normalisation does not keep its result for the backward pass, so both the sum and the ReLU may be in
    // place.
    result = bn->forward(result);
    if (epilogue.shortcut.defined()) result.add_(epilogue.shortcut);
    return epilogue.relu ? result.relu_() : result;
  }

  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) override {
    torch::Tensor result = fc->forward(x);
    return relu ? result.relu_() : result;
  }
};

}  // namespace

Layers& training_layers() {
  static TrainingLayers layers;
  return layers;
}

}  // namespace retort::models
