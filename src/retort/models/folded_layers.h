// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_map>

#include "retort/models/folding.h"
#include "retort/models/layers.h"

namespace retort::models {

/// Layers for answering on a GPU, in float32, bfloat16 or float16: batch normalisation folded, weights kept
/// channels last in the type that is computed in, and bias, sum and ReLU done by cuDNN's convolution itself
/// where a ReLU ends the group. On a processor the same groups are computed operator by operator.
class FoldedLayers : public Layers {
 public:
  explicit FoldedLayers(torch::Dtype dtype) : dtype_(dtype) {}

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
