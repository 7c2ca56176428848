// SPDX-License-Identifier: MIT
#include "retort/models/convolution.h"

#include <array>
#include <cstring>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/mm.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/custom_function.h>

namespace retort::models {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct Geometry {
  std::vector<int64_t> stride, padding, dilation;
};

// The windows that the kernel sees, a row each: [N * H_out * W_out, K_h * K_w * C], zeros in the padding. Of
// x, channels last, so that a row is K_h * K_w runs of C values.
torch::Tensor windows_of(const torch::Tensor& x, at::IntArrayRef kernel, at::IntArrayRef out,
                         const Geometry& geometry) {
  const int64_t channels = x.size(1), height = x.size(2), width = x.size(3);
  const auto run = static_cast<size_t>(channels) * x.element_size();
  torch::Tensor windows =
      torch::empty({x.size(0) * out[0] * out[1], kernel[0] * kernel[1] * channels}, x.options());
  const auto* const source = static_cast<const std::byte*>(x.const_data_ptr());
  auto* const target = static_cast<std::byte*>(windows.mutable_data_ptr());
  at::parallel_for(0, x.size(0) * out[0], /*grain_size=*/4, [&](int64_t begin, int64_t end) {
    std::byte* next = target + static_cast<size_t>(begin * out[1] * kernel[0] * kernel[1]) * run;
    for (int64_t line = begin; line < end; ++line) {
      const int64_t image = line / out[0], top = line % out[0] * geometry.stride[0] - geometry.padding[0];
      for (int64_t column = 0; column < out[1]; ++column) {
        const int64_t left = column * geometry.stride[1] - geometry.padding[1];
        for (int64_t i = 0; i < kernel[0]; ++i)
          for (int64_t j = 0; j < kernel[1]; ++j, next += run) {
            const int64_t row = top + i, place = left + j;
            if (row < 0 || row >= height || place < 0 || place >= width)
              std::memset(next, 0, run);
            else
              std::memcpy(next, source + static_cast<size_t>((image * height + row) * width + place) * run,
                          run);
          }
      }
    }
  });
  return windows;
}

// [N, C, H, W], channels last in memory, as the matrix [N * H * W, C] that it is.
torch::Tensor rows_of(const torch::Tensor& tensor) {
  return tensor.permute({0, 2, 3, 1}).reshape({-1, tensor.size(1)});
}

struct Convolution : torch::autograd::Function<Convolution> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x, const torch::Tensor& weight,
                               const Geometry& geometry) {
    const torch::Tensor narrow = weight.to(x.scalar_type());
    context->save_for_backward({x, narrow});
    context->saved_data["stride"] = geometry.stride;
    context->saved_data["padding"] = geometry.padding;
    context->saved_data["dilation"] = geometry.dilation;
    context->saved_data["float32"] = weight.scalar_type() == torch::kFloat;
    context->saved_data["x"] = x.requires_grad();
    return at::convolution(x, narrow, {}, geometry.stride, geometry.padding, geometry.dilation,
                           /*transposed=*/false, /*output_padding=*/{0, 0}, /*groups=*/1);
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], &weight = saved[1];
    const torch::Tensor gradient = gradients.front().contiguous(torch::MemoryFormat::ChannelsLast);
    const auto list = [&](const char* name) { return context->saved_data[name].toIntVector(); };
    const Geometry geometry{
        .stride = list("stride"), .padding = list("padding"), .dilation = list("dilation")};

    torch::Tensor x_gradient;
    if (context->saved_data["x"].toBool())
      x_gradient = std::get<0>(at::convolution_backward(
          gradient, x, weight, at::OptionalIntArrayRef(), geometry.stride, geometry.padding,
          geometry.dilation, /*transposed=*/false, /*output_padding=*/{0, 0}, /*groups=*/1,
          std::array<bool, 3>{true, false, false}));

    const torch::Tensor windows = windows_of(x, weight.sizes().slice(2), gradient.sizes().slice(2), geometry);
    torch::Tensor weight_gradient =  // [C_out, K_h, K_w, C_in], seen as [C_out, C_in, K_h, K_w]
        at::mm(rows_of(gradient).t(), windows)
            .view({weight.size(0), weight.size(2), weight.size(3), weight.size(1)})
            .permute({0, 3, 1, 2});
    if (context->saved_data["float32"].toBool()) weight_gradient = weight_gradient.to(torch::kFloat);
    return {x_gradient, weight_gradient, {}};
  }
};

}  // namespace

// Found by measurement: from 256 channels on the product is as quick even on large maps; a stride makes
// oneDNN's kernel slow whatever the width.
bool prefers_matrix_gradient(const torch::nn::Conv2dImpl& conv, const torch::Tensor& x) {
  const auto& options = conv.options;
  const auto* padding = std::get_if<torch::ExpandingArray<2>>(&options.padding());
  constexpr int64_t kWide = 256;
  const bool is_strided = (*options.stride())[0] > 1;
  const bool is_wide = options.in_channels() >= kWide && options.out_channels() >= kWide;
  return at::GradMode::is_enabled() && x.device().is_cpu() && x.dim() == 4 &&
         x.scalar_type() == torch::kBFloat16 && x.is_contiguous(torch::MemoryFormat::ChannelsLast) &&
         options.groups() == 1 && !conv.bias.defined() && padding != nullptr &&
         std::holds_alternative<torch::enumtype::kZeros>(options.padding_mode()) &&
         (*options.dilation())[0] == 1 && (*options.dilation())[1] == 1 && (*options.kernel_size())[0] > 1 &&
         options.in_channels() >= 32 && (is_strided || is_wide);
}

torch::Tensor convolution_with_matrix_gradient(torch::nn::Conv2dImpl& conv, const torch::Tensor& x) {
  const auto list = [](const torch::ExpandingArray<2>& array) {
    return std::vector<int64_t>(array->begin(), array->end());
  };
  const auto& options = conv.options;
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  return Convolution::apply(x, conv.weight,
                            Geometry{.stride = list(options.stride()),
                                     .padding = list(std::get<torch::ExpandingArray<2>>(options.padding())),
                                     .dilation = list(options.dilation())});
}

}  // namespace retort::models
