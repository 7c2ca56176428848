// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/metric_log.h"

#include "retort/core/error.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

MetricLog::MetricLog(Console& console, std::vector<std::unique_ptr<tracking::Tracker>> trackers,
                     std::string evaluation_name)
    : console_(console), trackers_(std::move(trackers)), evaluation_name_(std::move(evaluation_name)) {}

void MetricLog::flush() {
  try {
    for (auto& tracker : trackers_) tracker->flush();
  } catch (const Error& error) {
    console_.warn(std::string("the metrics wait in memory, training goes on: ") + error.what());
  }
}

void MetricLog::on_train_batch_end(Trainer& trainer, const StepResult& step) {
  if (trainer.progress().step % trainer.options().log_every_n_steps != 0) return;
  tracking::Metrics metrics;
  for (const auto& [name, value] : step.losses) metrics.emplace_back("train/" + name, value);
  metrics.emplace_back("lr", step.lr);
  for (auto& tracker : trackers_) tracker->log(trainer.progress().step, trainer.progress().epoch, metrics);
}

void MetricLog::on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) {
  tracking::Metrics metrics;
  for (const auto& [name, value] : epoch.losses) metrics.emplace_back("train/" + name + "_epoch", value);
  if (epoch.evaluation) {
    metrics.emplace_back(evaluation_name_ + "/loss", epoch.evaluation->loss);
    metrics.emplace_back(evaluation_name_ + "/accuracy_top1", epoch.evaluation->accuracy_top1);
    metrics.emplace_back(evaluation_name_ + "/accuracy_top5", epoch.evaluation->accuracy_top5);
  }
  // The epoch that is done is the one before where the trainer now stands.
  for (auto& tracker : trackers_)
    tracker->log(trainer.progress().step, trainer.progress().epoch - 1, metrics);
  flush();
}

void MetricLog::on_stop(Trainer&) { flush(); }

}  // namespace retort::trainer
