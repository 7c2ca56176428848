// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <torch/types.h>

#include "retort/models/model.h"

namespace retort::models {

/// A network in the form for answering: batch normalisation is folded into the convolutions, bias, sum and
/// ReLU are part of them (oneDNN's post-operations), weights are packed once, activations lie channels last.
/// Computes in float32 or bfloat16; in float32 logits agree with the network's own to rounding.
///
///     InferenceModel teacher(network, torch::kBFloat16);
///     Output output = teacher.forward(images);
class InferenceModel {
 public:
  /// Puts the network in evaluation mode and takes its gradients away; its weights must not change after. Any
  /// Model will do: it is run on other Layers. dtype is kFloat32 or kBFloat16.
  InferenceModel(std::shared_ptr<Model> network, torch::Dtype dtype);
  ~InferenceModel();
  InferenceModel(InferenceModel&&) noexcept;

  /// Images are [N, C, H, W] of any floating-point type; logits come back in float32, features in the type
  /// that was computed in. No gradient flows.
  Output forward(const torch::Tensor& images);

 private:
  class PackedLayers;

  std::shared_ptr<Model> network_;
  std::unique_ptr<PackedLayers> layers_;
};

/// Whether this CPU multiplies bfloat16 in hardware; without, it is slower than float32.
bool has_fast_bfloat16();

}  // namespace retort::models
