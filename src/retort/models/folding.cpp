// SPDX-License-Identifier: MIT
#include "retort/models/folding.h"

#include <ATen/core/dispatch/Dispatcher.h>

namespace retort::models {

FoldedConvolution fold(const torch::nn::Conv2dImpl& conv, const torch::nn::BatchNorm2dImpl& bn) {
  const auto wide = [](const torch::Tensor& tensor) { return tensor.detach().to(torch::kFloat64); };
  torch::Tensor scale = (wide(bn.running_var) + bn.options.eps()).rsqrt();
  if (bn.weight.defined()) scale = scale * wide(bn.weight);
  torch::Tensor shift = -wide(bn.running_mean) * scale;
  if (bn.bias.defined()) shift = shift + wide(bn.bias);
  if (conv.bias.defined()) shift = shift + wide(conv.bias) * scale;

  const auto& options = conv.options;
  const auto* padding = std::get_if<torch::ExpandingArray<2>>(&options.padding());
  TORCH_CHECK(padding != nullptr && std::holds_alternative<torch::enumtype::kZeros>(options.padding_mode()),
              "a convolution is folded with zero padding given in numbers");
  const auto list = [](const torch::ExpandingArray<2>& array) {
    return std::vector<int64_t>(array->begin(), array->end());
  };
  return {.weight = wide(conv.weight) * scale.view({-1, 1, 1, 1}),
          .bias = shift,
          .padding = list(*padding),
          .stride = list(options.stride()),
          .dilation = list(options.dilation()),
          .groups = options.groups()};
}

torch::Tensor call_operator(const char* name, const char* overload, torch::jit::Stack arguments) {
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
  op.callBoxed(&arguments);
  return arguments.front().toTensor();
}

}  // namespace retort::models
