// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/averaged_weights.h"

#include <vector>

#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/_foreach_lerp.h>
#include <torch/utils.h>

namespace retort::trainer {
namespace {

constexpr char kTrainingModel[] = "training_model";

}  // namespace

AveragedWeights::AveragedWeights(models::Model& model) : average_(checkpoint::state_of(model)) {
  for (auto& [name, tensor] : average_) tensor = tensor.detach().clone();
}

void AveragedWeights::update(models::Model& model, double share, bool averages_buffers) {
  const torch::NoGradGuard no_grad;
  const checkpoint::NamedTensors state = checkpoint::state_of(model);
  // All tensors in one call: on a GPU in a launch or two, where each by itself would be one.
  std::vector<torch::Tensor> averages, averaged, copies, copied;
  for (size_t i = 0; i < state.size(); ++i) {
    const torch::Tensor& now = state[i].second;
    const bool is_averaged = now.is_floating_point() && (now.requires_grad() || averages_buffers);
    (is_averaged ? averages : copies).push_back(average_[i].second);
    (is_averaged ? averaged : copied).push_back(now);
  }
  if (!averages.empty()) at::_foreach_lerp_(averages, averaged, share);
  if (!copies.empty()) at::_foreach_copy_(copies, copied);
}

void AveragedWeights::swap(models::Model& model) {
  const torch::NoGradGuard no_grad;
  const checkpoint::NamedTensors state = checkpoint::state_of(model);
  for (size_t i = 0; i < state.size(); ++i) {
    const torch::Tensor own = state[i].second.detach().clone();
    state[i].second.copy_(average_[i].second);
    average_[i].second.copy_(own);
  }
}

void AveragedWeights::save(checkpoint::Checkpoint& checkpoint) const {
  checkpoint.files[kTrainingModel] = std::move(checkpoint.files["model"]);
  checkpoint.files["model"] = {.tensors = average_, .metadata = {}};
}

void AveragedWeights::load(models::Model& model, const checkpoint::Checkpoint& checkpoint) {
  const auto training = checkpoint.files.find(kTrainingModel);
  checkpoint::load_into(average_, checkpoint.files.at("model"), "model.safetensors");
  if (training != checkpoint.files.end())
    checkpoint::load_into(model, training->second, "training_model.safetensors");
}

}  // namespace retort::trainer
