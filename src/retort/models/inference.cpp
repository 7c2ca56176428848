// SPDX-License-Identifier: MIT
#include "retort/models/inference.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linear.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

namespace retort::models {
namespace {

/// A convolution with its normalisation folded in, as oneDNN wants it.
struct PackedConvolution {
  torch::Tensor weight;  // opaque: blocked for the kernel that the first input chose
  torch::Tensor bias;    // [C]
  std::vector<int64_t> padding, stride, dilation;
  int64_t groups = 1;
};

struct CastLinear {
  torch::Tensor weight, bias;
};

/// An operator that has no C++ function in LibTorch, by its name in the dispatcher.
torch::Tensor call(const char* name, const char* overload, torch::jit::Stack arguments) {
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
  op.callBoxed(&arguments);
  return arguments.front().toTensor();
}

const torch::List<std::optional<at::Scalar>>& no_scalars() {
  static const torch::List<std::optional<at::Scalar>> none;
  return none;
}

// y = gamma (conv(x) - mean) / sqrt(var + eps) + beta is a convolution with other weights and a bias. In
// float64, so that float32 weights are rounded once.
PackedConvolution fold(const torch::nn::Conv2dImpl& conv, const torch::nn::BatchNorm2dImpl& bn,
                       at::IntArrayRef input_sizes, torch::Dtype dtype) {
  const auto wide = [](const torch::Tensor& tensor) { return tensor.detach().to(torch::kFloat64); };
  torch::Tensor scale = (wide(bn.running_var) + bn.options.eps()).rsqrt();
  if (bn.weight.defined()) scale = scale * wide(bn.weight);
  torch::Tensor shift = -wide(bn.running_mean) * scale;
  if (bn.bias.defined()) shift = shift + wide(bn.bias);
  if (conv.bias.defined()) shift = shift + wide(conv.bias) * scale;

  const auto& options = conv.options;
  const auto* padding = std::get_if<torch::ExpandingArray<2>>(&options.padding());
  TORCH_CHECK(padding != nullptr && std::holds_alternative<torch::enumtype::kZeros>(options.padding_mode()),
              "a convolution is packed with zero padding given in numbers");
  const auto list = [](const torch::ExpandingArray<2>& array) {
    return std::vector<int64_t>(array->begin(), array->end());
  };
  PackedConvolution packed{.weight = (wide(conv.weight) * scale.view({-1, 1, 1, 1})).to(dtype),
                           .bias = shift.to(dtype),
                           .padding = list(*padding),
                           .stride = list(options.stride()),
                           .dilation = list(options.dilation()),
                           .groups = options.groups()};
  packed.weight = call("mkldnn::_reorder_convolution_weight", "",
                       {packed.weight.contiguous(at::MemoryFormat::ChannelsLast), packed.padding,
                        packed.stride, packed.dilation, packed.groups, input_sizes.vec()});
  return packed;
}

torch::Tensor convolve(const PackedConvolution& conv, const torch::Tensor& x, const Epilogue& epilogue) {
  const auto relu = [&] {
    return epilogue.relu ? c10::IValue(std::string("relu")) : c10::IValue(std::string("none"));
  };
  if (!epilogue.shortcut.defined())
    return call("mkldnn::_convolution_pointwise", "",
                {x, conv.weight, conv.bias, conv.padding, conv.stride, conv.dilation, conv.groups, relu(),
                 no_scalars(), c10::IValue()});
  return call("mkldnn::_convolution_pointwise", "binary",
              {x, epilogue.shortcut, conv.weight, conv.bias, conv.padding, conv.stride, conv.dilation,
               conv.groups, std::string("add"), /*alpha=*/c10::IValue(),
               epilogue.relu ? relu() : c10::IValue(), no_scalars(), c10::IValue()});
}

}  // namespace

class InferenceModel::PackedLayers : public Layers {
 public:
  explicit PackedLayers(torch::Dtype dtype) : dtype_(dtype) {}

  torch::Dtype dtype() const { return dtype_; }

  // Packed at the first call: the layout depends on the input's size. A later input of another size is
  // answered all the same, at worst more slowly.
  torch::Tensor conv_bn(torch::nn::Conv2d& conv, torch::nn::BatchNorm2d& bn, const torch::Tensor& x,
                        const Epilogue& epilogue) override {
    auto found = convolutions_.find(conv.get());
    if (found == convolutions_.end())
      found = convolutions_.emplace(conv.get(), fold(*conv, *bn, x.sizes(), dtype_)).first;
    return convolve(found->second, x, epilogue);
  }

  torch::Tensor linear(torch::nn::Linear& fc, const torch::Tensor& x, bool relu) override {
    auto found = linears_.find(fc.get());
    if (found == linears_.end()) {
      const auto cast = [&](const torch::Tensor& tensor) {
        return tensor.defined() ? tensor.detach().to(dtype_) : tensor;
      };
      found = linears_.emplace(fc.get(), CastLinear{cast(fc->weight), cast(fc->bias)}).first;
    }
    torch::Tensor result = at::linear(x, found->second.weight, found->second.bias);
    return relu ? result.relu_() : result;
  }

 private:
  torch::Dtype dtype_;
  std::unordered_map<const torch::nn::Conv2dImpl*, PackedConvolution> convolutions_{};
  std::unordered_map<const torch::nn::LinearImpl*, CastLinear> linears_{};
};

InferenceModel::InferenceModel(std::shared_ptr<Model> network, torch::Dtype dtype)
    : network_(std::move(network)), layers_(std::make_unique<PackedLayers>(dtype)) {
  TORCH_CHECK(dtype == torch::kFloat32 || dtype == torch::kBFloat16,
              "a network answers in float32 or bfloat16, not in ", dtype);
  network_->eval();
  for (torch::Tensor& parameter : network_->parameters()) parameter.requires_grad_(false);
}

InferenceModel::~InferenceModel() = default;
InferenceModel::InferenceModel(InferenceModel&&) noexcept = default;

// No inference mode: its tensors could not be saved for a student's backward pass.
Output InferenceModel::forward(const torch::Tensor& images) {
  TORCH_CHECK(!network_->is_training(), "a network that answers was put back into training mode");
  const torch::NoGradGuard no_grad;
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  Output output =
      network_->run(*layers_, images.to(layers_->dtype()).contiguous(torch::MemoryFormat::ChannelsLast));
  output.logits = output.logits.to(torch::kFloat32);
  return output;
}

bool has_fast_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace retort::models
