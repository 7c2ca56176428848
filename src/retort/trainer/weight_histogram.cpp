// SPDX-License-Identifier: MIT
#include "retort/trainer/weight_histogram.h"

namespace retort::trainer {

tracking::Histogram weight_histogram(std::string name, const torch::Tensor& tensor) {
  constexpr int64_t kBins = 32;
  const torch::NoGradGuard no_grad;
  const torch::Tensor values = tensor.detach().to(torch::kCPU, torch::kFloat32);
  double low = values.min().item<double>(), high = values.max().item<double>();
  if (low == high) {  // a width that is not nothing
    low -= 0.5;
    high += 0.5;
  }
  const torch::Tensor counts = values.histc(kBins, low, high).to(torch::kInt64);
  tracking::Histogram histogram{.name = std::move(name),
                                .edges = {},
                                .counts = {counts.data_ptr<int64_t>(), counts.data_ptr<int64_t>() + kBins},
                                .sum = values.sum(torch::kFloat64).item<double>(),
                                .sum_of_squares = values.square().sum(torch::kFloat64).item<double>()};
  for (int64_t i = 0; i <= kBins; ++i)
    histogram.edges.push_back(low + (high - low) * static_cast<double>(i) / static_cast<double>(kBins));
  return histogram;
}

}  // namespace retort::trainer
