// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace retort::trainer {

/// What a network's numbers are: those it keeps, and those of its convolutions and products.
enum class Precision {
  float64,     // "64-true": all in float64
  float32,     // "32-true": all in float32
  bf16_mixed,  // "bf16-mixed": kept and updated in float32; autocast computes in bfloat16
  bf16_true,   // "bf16-true": all in bfloat16, the optimizer's state too
  // "16-mixed": kept and updated in float32; autocast computes in float16, and gradients are scaled
  // (optim/gradient_scaler.h)
  float16_mixed,
};

/// Lightning's names and their short forms.
const std::vector<std::string>& precision_names();
/// One of precision_names(); nothing for 16-true, which nobody trains in: its smallest steps are no steps.
std::optional<Precision> parse_precision(const std::string& name);

}  // namespace retort::trainer
