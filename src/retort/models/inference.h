// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

#include "retort/models/model.h"

namespace retort::models {

/// A network in the form for answering: batch normalisation is folded into the convolutions, bias, sum and
/// ReLU are part of them (oneDNN's post-operations on a CPU, cuDNN's on a GPU), weights are packed once,
/// activations lie channels last.
/// Computes in float32 or bfloat16; in float32 logits agree with the network's own to rounding.
///
///     InferenceModel teacher(network, torch::kBFloat16);
///     torch::Tensor logits = teacher.forward(images);
class InferenceModel {
 public:
  /// Puts the network in evaluation mode and takes its gradients away; its weights must not change or move
  /// after. Any Model will do: it is run on other Layers. dtype is kFloat32 or kBFloat16.
  InferenceModel(std::shared_ptr<Model> network, torch::Dtype dtype);
  ~InferenceModel();
  InferenceModel(InferenceModel&&) noexcept;
  InferenceModel& operator=(InferenceModel&&) noexcept;

  /// The network in int8 (quantized_layers.h), its scales from the means of the extremes of batches of
  /// pictures: some hundred from the training set, sixteen a batch, will do. Twice as fast as bfloat16 where
  /// the CPU multiplies int8 in hardware; how far its answers are from the network's own is for the caller to
  /// see.
  static InferenceModel in_int8(std::shared_ptr<Model> network, const std::vector<torch::Tensor>& pictures);

  /// Images are [N, C, H, W] of any floating-point type; logits [N, classes] come back in float32. No
  /// gradient flows. A convolutional network sees a few pictures at a time, so that what its layers hand on
  /// stays small.
  torch::Tensor forward(const torch::Tensor& images);

 private:
  InferenceModel(std::shared_ptr<Model> network, std::unique_ptr<Layers> layers, torch::Dtype images);

  std::shared_ptr<Model> network_;
  std::unique_ptr<Layers> layers_;
  torch::Dtype images_dtype_;
};

/// Whether this CPU multiplies bfloat16, or int8, in hardware; without, they are slower than float32.
bool has_fast_bfloat16();
bool has_fast_int8();

}  // namespace retort::models
