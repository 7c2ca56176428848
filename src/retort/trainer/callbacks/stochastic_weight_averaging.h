// SPDX-License-Identifier: MIT
#pragma once

#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"
#include "retort/trainer/callbacks/averaged_weights.h"

namespace retort::trainer {

/// The rate `epochs` epochs after averaging has begun: from `start_lr`, the schedule's at that point, to
/// swa_lrs within annealing_epochs, and swa_lrs from then on.
double swa_learning_rate(const SwaOptions& options, double start_lr, double epochs);

/// Izmailov et al., Averaging Weights Leads to Wider Optima (arXiv:1803.05407): from one epoch on a rate that
/// keeps the network moving, and the mean of the weights at the end of each such epoch. After the last one
/// the mean gets its own batch statistics in a pass over the training data, and is what is saved and tested.
class StochasticWeightAveraging : public Callback {
 public:
  StochasticWeightAveraging(SwaOptions options, models::Model& model);

  double adjust_lr(const Trainer& trainer, double lr) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  void on_fit_end(Trainer& trainer) override;

  std::string name() const override { return "stochastic_weight_averaging"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;
  void on_save_checkpoint(Trainer& trainer, checkpoint::Checkpoint& checkpoint) override;
  void on_load_checkpoint(Trainer& trainer, const checkpoint::Checkpoint& checkpoint) override;

 private:
  int64_t first_epoch(const Trainer& trainer) const;

  SwaOptions options_;
  AveragedWeights average_;
  int64_t averaged_ = 0;  // epochs that are in the mean
};

}  // namespace retort::trainer
