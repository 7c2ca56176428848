// SPDX-License-Identifier: MIT
#pragma once

#include "retort/optim/optimizer.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"

namespace retort::trainer {

/// Logs lr-NAME of the optimizer, and where asked lr-NAME-momentum and lr-NAME-weight_decay, with each row of
/// steps or each row of an epoch.
class LearningRateMonitor : public Callback {
 public:
  LearningRateMonitor(LearningRateMonitorOptions options, optim::OptimizerOptions optimizer);

  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  std::string name() const override { return "learning_rate_monitor"; }

 private:
  void log(Trainer& trainer, double lr) const;

  LearningRateMonitorOptions options_;
  optim::OptimizerOptions optimizer_;
};

}  // namespace retort::trainer
