// SPDX-License-Identifier: MIT
#include "retort/models/folded_layers.h"

#include <utility>

#include <ATen/Context.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cudnn_convolution_add_relu.h>
#include <ATen/ops/cudnn_convolution_relu.h>
#include <ATen/ops/linear.h>
#include <c10/util/Exception.h>

namespace retort::models {
namespace {

// cuDNN's plans for these groups may differ from run to run, and are slow for large windows (PyTorch issue
// 68506: 17 times for 7 x 7).
bool suits_cudnn(const torch::Tensor& weight) {
  constexpr int64_t kLargestWindow = 5;
  return weight.is_cuda() && weight.size(2) <= kLargestWindow &&
         !at::globalContext().deterministicAlgorithms();
}

// relu(conv(x) + shortcut) in one of cuDNN's operations; it throws where it has no plan for the shapes.
torch::Tensor convolve_in_cudnn(const FoldedConvolution& conv, const torch::Tensor& x,
                                const torch::Tensor& shortcut) {
  return shortcut.defined()
             ? at::cudnn_convolution_add_relu(x, conv.weight, shortcut, /*alpha=*/1.0, conv.bias, conv.stride,
                                              conv.padding, conv.dilation, conv.groups)
             : at::cudnn_convolution_relu(x, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation,
                                          conv.groups);
}

}  // namespace

FoldedConvolution FoldedLayers::prepare(FoldedConvolution conv, at::IntArrayRef) const {
  conv.weight = conv.weight.to(dtype_).contiguous(at::MemoryFormat::ChannelsLast);
  conv.bias = conv.bias.to(dtype_);
  return conv;
}

torch::Tensor FoldedLayers::convolve(const FoldedConvolution& conv, const torch::Tensor& x,
                                     const Epilogue& epilogue) const {
  torch::Tensor result =
      at::conv2d(x, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation, conv.groups);
  if (epilogue.shortcut.defined()) result.add_(epilogue.shortcut);
  return epilogue.relu ? result.relu_() : result;
}

torch::Tensor FoldedLayers::conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn,
                                    const torch::Tensor& x, const Epilogue& epilogue) {
  auto found = convolutions_.find(conv.get());
  if (found == convolutions_.end()) {
    FoldedConvolution folded = prepare(fold(*conv, *bn), x.sizes());
    const bool ends_in_cudnn = suits_cudnn(folded.weight);
    found = convolutions_.emplace(conv.get(), Convolution{std::move(folded), ends_in_cudnn}).first;
  }
  Convolution& own = found->second;
  if (own.ends_in_cudnn && epilogue.relu) {
    try {
      return convolve_in_cudnn(own.folded, x, epilogue.shortcut);
    } catch (const c10::OutOfMemoryError&) {
      throw;
    } catch (const c10::Error&) {
      own.ends_in_cudnn = false;
    }
  }
  return convolve(own.folded, x, epilogue);
}

torch::Tensor FoldedLayers::linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) {
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
