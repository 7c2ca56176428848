// SPDX-License-Identifier: MIT
#pragma once

#include "retort/models/folded_layers.h"

namespace retort::models {

/// Folded layers for answering on a processor in float32 or bfloat16: bias, sum and ReLU done by the
/// convolution itself (oneDNN's post-operations), weights packed at a layer's first call for its input's
/// size. A later input of another size is answered all the same, at worst more slowly.
class PackedLayers : public FoldedLayers {
 public:
  using FoldedLayers::FoldedLayers;

 protected:
  FoldedConvolution prepare(FoldedConvolution conv, at::IntArrayRef input_sizes) const override;
  torch::Tensor convolve(const FoldedConvolution& conv, const torch::Tensor& x,
                         const Epilogue& epilogue) const override;
};

}  // namespace retort::models
