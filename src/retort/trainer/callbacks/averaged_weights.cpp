// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/averaged_weights.h"

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
  for (size_t i = 0; i < state.size(); ++i) {
    const torch::Tensor& now = state[i].second;
    const bool is_averaged = now.is_floating_point() && (now.requires_grad() || averages_buffers);
    is_averaged ? average_[i].second.lerp_(now, share) : average_[i].second.copy_(now);
  }
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
