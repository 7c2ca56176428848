// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <torch/types.h>

#include "retort/trainer/options.h"

namespace retort::trainer {

/// The gradients of those parameters that have one.
std::vector<torch::Tensor> gradients_of(const std::vector<torch::Tensor>& parameters);

/// The Euclidean norm of all gradients as one vector, in float64; infinite or NaN when one of their numbers
/// is.
double gradient_norm(const std::vector<torch::Tensor>& gradients);
/// The same as a scalar where the gradients lie; there must be one.
torch::Tensor gradient_norm_there(const std::vector<torch::Tensor>& gradients);

/// Clips in place as torch.nn.utils.clip_grad_norm_ and clip_grad_value_ do. `norm` is gradient_norm().
void clip_gradients(std::vector<torch::Tensor> gradients, double norm, double bound, ClipAlgorithm algorithm);
/// The same by gradient_norm_there().
void clip_gradients(std::vector<torch::Tensor> gradients, const torch::Tensor& norm, double bound,
                    ClipAlgorithm algorithm);

}  // namespace retort::trainer
