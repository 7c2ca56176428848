// SPDX-License-Identifier: MIT
#include "retort/models/int8.h"

namespace retort::models {

void ValueRange::add(const torch::Tensor& batch) {
  const auto [lowest, highest] = batch.aminmax();
  sums_[0] += lowest.item<double>();
  sums_[1] += highest.item<double>();
  ++batches_;
}

Int8Weight round_to_int8(const torch::Tensor& weight) {
  constexpr double kLevels = 127;
  const torch::Tensor rows = weight.to(torch::kFloat64).flatten(1);
  const torch::Tensor largest = rows.abs().amax(/*dim=*/1);
  // A channel of zeros has any scale.
  const torch::Tensor scales = torch::where(largest > 0, largest / kLevels, 1.0).to(torch::kFloat32);
  const torch::Tensor levels =
      (rows / scales.to(torch::kFloat64).unsqueeze(1)).round_().clamp_(-kLevels, kLevels);
  return {.levels = levels.to(torch::kChar).view(weight.sizes()), .scales = scales};
}

}  // namespace retort::models
