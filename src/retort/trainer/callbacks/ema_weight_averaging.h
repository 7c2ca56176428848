// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"
#include "retort/trainer/callbacks/averaged_weights.h"

namespace retort::trainer {

/// Evaluates, saves and leaves the exponential moving average of the weights,
///
///     average <- decay * average + (1 - decay) * weights
///
/// after every update_every_n_steps-th step; the first time it takes them as they are.
class EmaWeightAveraging : public Callback {
 public:
  EmaWeightAveraging(EmaOptions options, models::Model& model);

  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_evaluation_start(Trainer& trainer) override;
  void on_evaluation_end(Trainer& trainer) override;
  void on_fit_end(Trainer& trainer) override;

  std::string name() const override { return "ema_weight_averaging"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;
  void on_save_checkpoint(Trainer& trainer, checkpoint::Checkpoint& checkpoint) override;
  void on_load_checkpoint(Trainer& trainer, const checkpoint::Checkpoint& checkpoint) override;

 private:
  EmaOptions options_;
  AveragedWeights average_;
  bool has_begun_ = false;
};

}  // namespace retort::trainer
