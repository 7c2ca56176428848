// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

namespace retort::models {

/// torch::dropout(x, probability, /*train=*/true), and its gradient. On the CPU the mask of a float32 or
/// bfloat16 tensor is Philox's, keyed by one draw from the default generator: the same whatever the number of
/// threads, and a tenth of the time that the generator's own take.
torch::Tensor dropout(const torch::Tensor& x, double probability);

}  // namespace retort::models
