// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/stochastic_weight_averaging.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <nlohmann/json.hpp>
#include <torch/nn/modules/batchnorm.h>
#include <torch/utils.h>

#include "retort/trainer/autocast.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

// The mean of the batch statistics over an epoch, instead of those that were averaged with the weights.
void renew_statistics(Trainer& trainer) {
  std::vector<torch::nn::BatchNorm2dImpl*> layers;
  for (const auto& module : trainer.model().modules())
    if (auto* layer = module->as<torch::nn::BatchNorm2d>()) layers.push_back(layer);
  if (layers.empty()) return;
  std::vector<std::optional<double>> momenta;
  for (auto* layer : layers) {
    layer->reset_running_stats();
    momenta.push_back(std::exchange(layer->options.momentum(), std::nullopt));  // none: a plain mean
  }
  const torch::NoGradGuard no_grad;
  const Precision precision = trainer.options().precision;
  const AutocastScope autocast(precision, device_of(trainer.model()).type());
  trainer.model().train();
  trainer.parts().train_loader.start_epoch(trainer.progress().epoch);
  for (int64_t i = 0; i < trainer.train_batches(); ++i)
    if (const auto batch = trainer.parts().train_loader.next())
      trainer.model().forward(batch->images.to(storage_dtype(precision)));
  for (size_t i = 0; i < layers.size(); ++i) layers[i]->options.momentum() = momenta[i];
}

}  // namespace

double swa_learning_rate(const SwaOptions& options, double start_lr, double epochs) {
  if (epochs >= static_cast<double>(options.annealing_epochs)) return options.swa_lrs;
  const double share = epochs / static_cast<double>(options.annealing_epochs);
  const double way = options.is_linear ? share : (1 - std::cos(std::numbers::pi * share)) / 2;
  return start_lr + (options.swa_lrs - start_lr) * way;
}

StochasticWeightAveraging::StochasticWeightAveraging(SwaOptions options, models::Model& model)
    : options_(options), average_(model) {}

int64_t StochasticWeightAveraging::first_epoch(const Trainer& trainer) const {
  const auto epochs = static_cast<double>(trainer.options().max_epochs);
  return options_.epoch_start.value_or(static_cast<int64_t>(options_.epoch_start_share * epochs));
}

double StochasticWeightAveraging::adjust_lr(const Trainer& trainer, double lr) {
  const int64_t epoch = trainer.progress().epoch, first = first_epoch(trainer);
  if (epoch < first) return lr;
  const int64_t steps = trainer.steps_per_epoch();
  const double start_lr = optim::learning_rate(trainer.parts().schedule, trainer.progress().base_lr,
                                               first * steps, steps, trainer.total_steps());
  return swa_learning_rate(options_, start_lr, static_cast<double>(epoch - first));
}

void StochasticWeightAveraging::on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) {
  if (epoch.epoch < first_epoch(trainer)) return;
  average_.update(trainer.model(), 1.0 / static_cast<double>(++averaged_), /*averages_buffers=*/true);
  if (!trainer.is_done()) return;
  average_.swap(trainer.model());
  renew_statistics(trainer);
  average_.swap(trainer.model());
}

void StochasticWeightAveraging::on_fit_end(Trainer& trainer) {
  if (averaged_ > 0) average_.swap(trainer.model());
}

nlohmann::json StochasticWeightAveraging::state() const { return {{"averaged", averaged_}}; }
void StochasticWeightAveraging::load_state(const nlohmann::json& state) {
  state.at("averaged").get_to(averaged_);
}

void StochasticWeightAveraging::on_save_checkpoint(Trainer&, checkpoint::Checkpoint& checkpoint) {
  if (averaged_ > 0) average_.save(checkpoint);
}

void StochasticWeightAveraging::on_load_checkpoint(Trainer& trainer,
                                                   const checkpoint::Checkpoint& checkpoint) {
  average_.load(trainer.model(), checkpoint);
}

}  // namespace retort::trainer
