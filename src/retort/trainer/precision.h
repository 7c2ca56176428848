// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace retort::trainer {

/// What the arithmetic of a network runs in; parameters and their updates are float32 in both.
enum class Precision {
  float32,     // "32-true"
  bf16_mixed,  // "bf16-mixed": autocast runs convolutions and products in bfloat16
};

const std::vector<std::string>& precision_names();
Precision parse_precision(const std::string& name);  // one of precision_names()

}  // namespace retort::trainer
