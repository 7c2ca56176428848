// SPDX-License-Identifier: MIT
#pragma once

#include <c10/core/ScalarType.h>
#include <torch/types.h>

namespace retort::methods {

/// The tensor in float32 at least: bfloat16 and half carry too few digits for a sum of exponentials.
inline torch::Tensor at_least_float32(const torch::Tensor& tensor) {
  return tensor.to(c10::promoteTypes(tensor.scalar_type(), torch::kFloat));
}

}  // namespace retort::methods
