// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_map>

#include "retort/models/folding.h"
#include "retort/models/layers.h"

namespace retort::models {

/// Layers for answering in float32 or bfloat16: batch normalisation folded, bias, sum and ReLU done by the
/// convolution itself (oneDNN's post-operations), weights packed at a layer's first call for its input's
/// size. A later input of another size is answered all the same, at worst more slowly.
class PackedLayers : public Layers {
 public:
  explicit PackedLayers(torch::Dtype dtype) : dtype_(dtype) {}

  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override;
  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) override;

 private:
  struct Linear {
    torch::Tensor weight, bias;
  };

  torch::Dtype dtype_;
  std::unordered_map<const torch::nn::Conv2dImpl*, FoldedConvolution> convolutions_{};
  std::unordered_map<const torch::nn::LinearImpl*, Linear> linears_{};
};

}  // namespace retort::models
