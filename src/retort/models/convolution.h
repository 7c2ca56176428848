// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/modules/conv.h>
#include <torch/types.h>

namespace retort::models {

/// Whether the weights' gradient is better had as a product of matrices. oneDNN's bfloat16 kernel for it
/// falls far behind its others on strided convolutions and on small maps (docs/performance.md): there the
/// windows of x are laid out as rows, and one product does the work.
bool prefers_matrix_gradient(const torch::nn::Conv2dImpl& conv, const torch::Tensor& x);

/// conv(x) with the gradient by the weights computed that way; x is [N, C, H, W] in bfloat16, channels last.
/// The weights may be float32; they are rounded to x's type, and so is their gradient.
torch::Tensor convolution_with_matrix_gradient(torch::nn::Conv2dImpl& conv, const torch::Tensor& x);

}  // namespace retort::models
