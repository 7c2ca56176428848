// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace retort::tracking {

/// exp(z / T) / sum exp(z / T), without overflow.
std::vector<double> softmax(std::span<const float> logits, double temperature);
/// -log softmax(z)[index]
double negative_log_softmax(std::span<const float> logits, size_t index);

}  // namespace retort::tracking
