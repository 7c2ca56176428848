// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <torch/types.h>

#include "retort/tracking/tracker.h"

namespace retort::trainer {

/// The elements of a tensor that is not empty, in 32 bins of equal width from the least to the largest.
tracking::Histogram weight_histogram(std::string name, const torch::Tensor& tensor);

}  // namespace retort::trainer
