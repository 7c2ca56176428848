// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/learning_rate_monitor.h"

#include <fmt/format.h>

#include "retort/trainer/trainer.h"

namespace retort::trainer {

LearningRateMonitor::LearningRateMonitor(LearningRateMonitorOptions options,
                                         optim::OptimizerOptions optimizer)
    : options_(options), optimizer_(std::move(optimizer)) {}

void LearningRateMonitor::log(Trainer& trainer, double lr) const {
  const std::string name = fmt::format("lr-{}", optimizer_.name);
  trainer.log(name, lr);
  const double momentum = optimizer_.name == "sgd" ? optimizer_.momentum : optimizer_.betas[0];
  if (options_.log_momentum) trainer.log(fmt::format("{}-momentum", name), momentum);
  if (options_.log_weight_decay) trainer.log(fmt::format("{}-weight_decay", name), optimizer_.weight_decay);
}

void LearningRateMonitor::on_train_batch_end(Trainer& trainer, const StepResult& step) {
  if (options_.each_step) log(trainer, step.lr);
}

void LearningRateMonitor::on_train_epoch_end(Trainer& trainer, const EpochResult&) {
  if (!options_.each_step) log(trainer, trainer.lr());
}

}  // namespace retort::trainer
