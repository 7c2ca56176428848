// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_map>

#include "retort/models/folding.h"
#include "retort/models/layers.h"

namespace retort::models {

/// Layers for answering: batch normalisation folded, weights kept channels last in the type that is computed
/// in, made ready at a layer's first call. On a GPU, in float32, bfloat16 or float16, bias, sum and ReLU are
/// done by cuDNN's convolution itself where a ReLU ends the group and cuDNN has a plan for it; otherwise, and
/// on a processor, operator by operator (packed_layers.h does better there).
class FoldedLayers : public Layers {
 public:
  explicit FoldedLayers(torch::Dtype dtype) : dtype_(dtype) {}

  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) final;
  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) final;

 protected:
  /// A folded convolution as convolve() will want it, for inputs of these sizes above all.
  virtual FoldedConvolution prepare(FoldedConvolution conv, at::IntArrayRef input_sizes) const;
  virtual torch::Tensor convolve(const FoldedConvolution& conv, const torch::Tensor& x,
                                 const Epilogue& epilogue) const;
  torch::Dtype dtype() const { return dtype_; }

 private:
  struct Convolution {
    FoldedConvolution folded;
    bool ends_in_cudnn;  // its bias, sum and ReLU are done there
  };
  struct Linear {
    torch::Tensor weight, bias;
  };

  torch::Dtype dtype_;
  std::unordered_map<const torch::nn::Conv2dImpl*, Convolution> convolutions_{};
  std::unordered_map<const torch::nn::LinearImpl*, Linear> linears_{};
};

}  // namespace retort::models
