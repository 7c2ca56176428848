// SPDX-License-Identifier: MIT
#include "retort/models/packed_layers.h"

#include <optional>
#include <string>

#include <ATen/ops/linear.h>

namespace retort::models {
namespace {

const torch::List<std::optional<at::Scalar>>& no_scalars() {
  static const torch::List<std::optional<at::Scalar>> none;
  return none;
}

// As oneDNN wants it: the weight becomes opaque, blocked for the kernel that this input chooses.
FoldedConvolution pack(FoldedConvolution conv, at::IntArrayRef input_sizes, torch::Dtype dtype) {
  conv.bias = conv.bias.to(dtype);
  conv.weight = call_operator("mkldnn::_reorder_convolution_weight", "",
                              {conv.weight.to(dtype).contiguous(at::MemoryFormat::ChannelsLast), conv.padding,
                               conv.stride, conv.dilation, conv.groups, input_sizes.vec()});
  return conv;
}

torch::Tensor convolve(const FoldedConvolution& conv, const torch::Tensor& x, const Epilogue& epilogue) {
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

}  // namespace

torch::Tensor PackedLayers::conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn,
                                    const torch::Tensor& x, const Epilogue& epilogue) {
  auto found = convolutions_.find(conv.get());
  if (found == convolutions_.end())
    found = convolutions_.emplace(conv.get(), pack(fold(*conv, *bn), x.sizes(), dtype_)).first;
  return convolve(found->second, x, epilogue);
}

torch::Tensor PackedLayers::linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) {
  auto found = linears_.find(fc.get());
  if (found == linears_.end()) {
    const auto cast = [&](const torch::Tensor& tensor) {
      return tensor.defined() ? tensor.detach().to(dtype_) : tensor;
    };
    found = linears_.emplace(fc.get(), Linear{cast(fc->weight), cast(fc->bias)}).first;
  }
  torch::Tensor result = at::linear(x, found->second.weight, found->second.bias);
  return relu ? result.relu_() : result;
}

}  // namespace retort::models
