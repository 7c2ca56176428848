// SPDX-License-Identifier: MIT
#include "retort/models/quantized_layers.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace retort::models {
namespace {

constexpr double kLevels = 255;

}  // namespace

ConvolutionRanges* CalibrationLayers::maker_of(const torch::Tensor& x) {
  for (const auto& [tensor, maker] : made_)
    if (tensor.is_same(x)) return maker;
  return nullptr;
}

torch::Tensor CalibrationLayers::conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn,
                                         const torch::Tensor& x, const Epilogue& epilogue) {
  const torch::Tensor result = layers_.conv_bn(conv, bn, x, epilogue);
  ConvolutionRanges& ranges = ranges_[conv.get()];
  ranges.input.add(x);
  ranges.output.add(result);
  if (ConvolutionRanges* maker = maker_of(x)) maker->has_inner_output = true;
  if (epilogue.shortcut.defined()) {
    ranges.shortcut.add(epilogue.shortcut);
    if (ConvolutionRanges* maker = maker_of(epilogue.shortcut)) maker->has_inner_output = true;
  }
  made_.emplace_back(result, &ranges);
  return result;
}

torch::Tensor CalibrationLayers::linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) {
  return layers_.linear(fc, x, relu);
}

QuantizedLayers::Grid QuantizedLayers::grid_of(const ValueRange& range) {
  const double lowest = std::min(range.lowest(), 0.0), highest = std::max(range.highest(), 0.0);
  const double scale = highest > lowest ? (highest - lowest) / kLevels : 1;
  return {.scale = scale, .zero_point = std::llround(-lowest / scale)};
}

torch::Tensor QuantizedLayers::rounded(const torch::Tensor& value, const Grid& grid) {
  if (!value.is_floating_point()) return value;
  return (value / grid.scale).round_().add_(grid.zero_point).clamp_(0, kLevels).to(torch::kByte);
}

QuantizedLayers::Convolution QuantizedLayers::pack(FoldedConvolution folded, const ConvolutionRanges& ranges,
                                                   bool has_shortcut, at::IntArrayRef input_sizes) {
  Convolution conv{.folded = std::move(folded),
                   .input = grid_of(ranges.input),
                   .output = grid_of(ranges.output),
                   .leaves = !ranges.has_inner_output};
  if (has_shortcut) conv.shortcut = grid_of(ranges.shortcut);
  const Int8Weight weight = round_to_int8(conv.folded.weight);
  conv.scales = weight.scales;
  conv.zero_points = torch::zeros(weight.scales.sizes(), torch::kInt);
  conv.folded.bias = conv.folded.bias.to(torch::kFloat32);
  conv.folded.weight =
      call_operator("onednn::qconv_prepack", "",
                    {weight.levels.contiguous(at::MemoryFormat::ChannelsLast), conv.scales, conv.input.scale,
                     conv.input.zero_point, conv.folded.stride, conv.folded.padding, conv.folded.dilation,
                     conv.folded.groups, input_sizes.vec()});
  return conv;
}

torch::Tensor QuantizedLayers::conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn,
                                       const torch::Tensor& x, const Epilogue& epilogue) {
  auto found = convolutions_.find(conv.get());
  if (found == convolutions_.end())
    found = convolutions_
                .emplace(conv.get(), pack(fold(*conv, *bn), ranges_.at(conv.get()),
                                          epilogue.shortcut.defined(), x.sizes()))
                .first;
  const Convolution& packed = found->second;
  const FoldedConvolution& folded = packed.folded;
  const torch::List<std::optional<at::Scalar>> no_scalars;
  const std::string activation = epilogue.relu ? "relu" : "none", no_algorithm;
  const torch::Tensor input = rounded(x, packed.input);
  const torch::Tensor result =
      epilogue.shortcut.defined()
          ? call_operator("onednn::qconv2d_pointwise", "binary",
                          {input,
                           packed.input.scale,
                           packed.input.zero_point,
                           folded.weight,
                           packed.scales,
                           packed.zero_points,
                           rounded(epilogue.shortcut, packed.shortcut),
                           folded.bias,
                           folded.stride,
                           folded.padding,
                           folded.dilation,
                           folded.groups,
                           packed.output.scale,
                           packed.output.zero_point,
                           torch::kByte,
                           packed.shortcut.scale,
                           packed.shortcut.zero_point,
                           std::string("sum"),
                           /*alpha=*/c10::IValue(),
                           activation,
                           no_scalars,
                           no_algorithm})
          : call_operator("onednn::qconv2d_pointwise", "",
                          {input, packed.input.scale, packed.input.zero_point, folded.weight, packed.scales,
                           packed.zero_points, folded.bias, folded.stride, folded.padding, folded.dilation,
                           folded.groups, packed.output.scale, packed.output.zero_point, torch::kByte,
                           activation, no_scalars, no_algorithm});
  if (!packed.leaves) return result;
  return result.to(torch::kFloat32).sub_(packed.output.zero_point).mul_(packed.output.scale);
}

torch::Tensor QuantizedLayers::linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) {
  return float_layers_.linear(fc, x, relu);
}

}  // namespace retort::models
