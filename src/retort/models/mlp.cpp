// SPDX-License-Identifier: MIT
#include "retort/models/mlp.h"

#include <string>

#include "retort/models/dropout.h"

namespace retort::models {

MlpImpl::MlpImpl(const MlpOptions& options, const Task& task) : options_(options) {
  TORCH_CHECK(!options.widths.empty(), "an MLP has at least one hidden layer");
  int64_t units = task.channels * task.height * task.width;
  for (const int64_t width : options.widths) {
    hidden.push_back(
        register_module("hidden" + std::to_string(hidden.size()), torch::nn::Linear(units, width)));
    units = width;
  }
  fc = register_module("fc", torch::nn::Linear(units, task.num_classes));
}

Output MlpImpl::run(Layers& layers, const torch::Tensor& images) {
  const auto drop = [&](const torch::Tensor& x, double probability) {
    return is_training() && probability > 0 ? dropout(x, probability) : x;
  };
  torch::Tensor x = drop(images.flatten(/*start_dim=*/1), options_.input_dropout);
  Output output;
  for (auto& layer : hidden) {
    output.features.push_back(x = layers.linear(layer, x, /*relu=*/true));
    x = drop(x, options_.dropout);
  }
  output.logits = layers.linear(fc, x, /*relu=*/false);
  return output;
}

std::vector<Feature> MlpImpl::features() const {
  std::vector<Feature> result;
  for (const int64_t width : options_.widths)
    result.push_back({"hidden" + std::to_string(result.size()), width});
  return result;
}

}  // namespace retort::models
