// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "retort/models/int8.h"
#include "retort/models/packed_layers.h"

namespace retort::models {

/// What passes through one convolution, over the pictures of a calibration.
struct ConvolutionRanges {
  ValueRange input{}, shortcut{}, output{};  // the output with its epilogue
  bool has_inner_output = false;             // goes into other convolutions, as it is
};

using NetworkRanges = std::unordered_map<const torch::nn::Conv2dImpl*, ConvolutionRanges>;

/// Layers that compute in float32 and note what passes.
class CalibrationLayers : public Layers {
 public:
  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override;
  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) override;

  /// To be called after each batch: lets go of the batch's values.
  void end_batch() { made_.clear(); }
  NetworkRanges take_ranges() { return std::move(ranges_); }

 private:
  ConvolutionRanges* maker_of(const torch::Tensor& x);

  PackedLayers layers_{torch::kFloat32};
  NetworkRanges ranges_{};
  std::vector<std::pair<torch::Tensor, ConvolutionRanges*>> made_{};  // alive, so that each is itself
};

/// Layers for answering in int8: convolutions multiply uint8 by int8 and add in int32 (oneDNN's kernels),
/// what passes between them has eight bits. What leaves them for another operation, and what linear layers
/// compute, is float32. A shortcut is overwritten: it must not be looked at after its sum.
class QuantizedLayers : public Layers {
 public:
  /// `ranges` has seen every convolution that will be called.
  explicit QuantizedLayers(NetworkRanges ranges) : ranges_(std::move(ranges)) {}

  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override;
  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) override;

 private:
  /// value ~ (level - zero_point) * scale, the level uint8.
  struct Grid {
    double scale = 1;
    int64_t zero_point = 0;  // after a ReLU 0
  };
  struct Convolution {
    FoldedConvolution folded;  // the weight packed, the bias float32
    torch::Tensor scales{}, zero_points{};
    Grid input{}, shortcut{}, output{};
    bool leaves = false;  // its output is wanted in float32
  };

  // One tensor has one range, whoever looks at it, and so maker and user agree on its grid.
  static Grid grid_of(const ValueRange& range);
  static torch::Tensor rounded(const torch::Tensor& value, const Grid& grid);
  static Convolution pack(FoldedConvolution folded, const ConvolutionRanges& ranges, bool has_shortcut,
                          at::IntArrayRef input_sizes);

  NetworkRanges ranges_;
  PackedLayers float_layers_{torch::kFloat32};
  std::unordered_map<const torch::nn::Conv2dImpl*, Convolution> convolutions_{};
};

}  // namespace retort::models
