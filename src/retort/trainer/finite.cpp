// SPDX-License-Identifier: MIT
#include "retort/trainer/finite.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <torch/utils.h>

#include "retort/core/error.h"

namespace retort::trainer {
namespace {

bool is_finite(const torch::Tensor& tensor) {
  return !tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>();
}

}  // namespace

std::string NonFinite::to_string() const {
  return fmt::format("{} is not finite at step {} (epoch {}, batch {}, lr {:.3g}); first in {}", what, step,
                     epoch, batch, lr, place);
}

bool are_finite(const std::vector<torch::Tensor>& tensors) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> floating;
  std::copy_if(tensors.begin(), tensors.end(), std::back_inserter(floating),
               [](const torch::Tensor& tensor) { return tensor.is_floating_point() && tensor.numel() > 0; });
  if (floating.empty()) return true;
  // One pass: the largest magnitude is finite only when every number is, and does not overflow as a sum
  // would.
  const auto norms = at::_foreach_norm(floating, std::numeric_limits<double>::infinity());
  return std::all_of(norms.begin(), norms.end(),
                     [](const torch::Tensor& norm) { return std::isfinite(norm.item<double>()); });
}

std::string find_nonfinite(models::Model& model, const torch::Tensor& images) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : checkpoint::state_of(model))
    if (!is_finite(tensor)) return fmt::format("the weights of {}", name);
  if (!is_finite(images)) return "the pictures";
  const models::Output output = model.forward(images);
  const auto features = model.features();
  for (size_t i = 0; i < std::min(features.size(), output.features.size()); ++i)
    if (output.features[i].defined() && !is_finite(output.features[i]))
      return fmt::format("what {} gives", features[i].name);
  if (!is_finite(output.logits)) return "the logits";
  for (const auto& item : model.named_parameters())
    if (item.value().grad().defined() && !is_finite(item.value().grad()))
      return fmt::format("the gradient of {}", item.key());
  return "the loss itself";
}

void check_finite(const checkpoint::NamedTensors& tensors) {
  std::vector<torch::Tensor> values;
  for (const auto& [name, tensor] : tensors) values.push_back(tensor);
  if (are_finite(values)) return;
  for (const auto& [name, tensor] : tensors)
    if (!is_finite(tensor))
      throw Error(ExitCode::numeric,
                  fmt::format("{} is not finite, so nothing was saved: the last steps spoiled it. A smaller "
                              "optimizer.lr or a warm-up (schedule.warmup_epochs) usually helps",
                              name));
}

}  // namespace retort::trainer
