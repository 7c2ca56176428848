// SPDX-License-Identifier: MIT
#include "retort/models/packed_layers.h"

#include <optional>
#include <string>
#include <utility>

namespace retort::models {
namespace {

const torch::List<std::optional<at::Scalar>>& no_scalars() {
  static const torch::List<std::optional<at::Scalar>> none;
  return none;
}

}  // namespace

// As oneDNN wants it: the weight becomes opaque, blocked for the kernel that this input chooses.
FoldedConvolution PackedLayers::prepare(FoldedConvolution conv, at::IntArrayRef input_sizes) const {
  conv = FoldedLayers::prepare(std::move(conv), input_sizes);
  conv.weight =
      call_operator("mkldnn::_reorder_convolution_weight", "",
                    {conv.weight, conv.padding, conv.stride, conv.dilation, conv.groups, input_sizes.vec()});
  return conv;
}

torch::Tensor PackedLayers::convolve(const FoldedConvolution& conv, const torch::Tensor& x,
                                     const Epilogue& epilogue) const {
  const auto relu = [&] {
    return epilogue.relu ? c10::IValue(std::string("relu")) : c10::IValue(std::string("none"));
  };
  if (!epilogue.shortcut.defined())
    return call_operator("mkldnn::_convolution_pointwise", "",
                         {x, conv.weight, conv.bias, conv.padding, conv.stride, conv.dilation, conv.groups,
                          relu(), no_scalars(), c10::IValue()});
  return call_operator("mkldnn::_convolution_pointwise", "binary",
                       {x, epilogue.shortcut, conv.weight, conv.bias, conv.padding, conv.stride,
                        conv.dilation, conv.groups, std::string("add"), /*alpha=*/c10::IValue(),
                        epilogue.relu ? relu() : c10::IValue(), no_scalars(), c10::IValue()});
}

}  // namespace retort::models
