// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "retort/core/console.h"
#include "retort/tracking/tracker.h"
#include "retort/trainer/callback.h"

namespace retort::trainer {

/// Sends the figures of training to the trackers: train/loss, its terms and lr every log_every_n_steps steps;
/// a row an epoch with train/loss_epoch, its terms and the evaluation. Nothing that depends on the clock, so
/// that a run repeats to the byte. What cannot be written for want of room is said, and written when there is
/// room again.
class MetricLog : public Callback {
 public:
  /// `evaluation_name` is the split that is evaluated each epoch: "val" or "test".
  MetricLog(Console& console, std::vector<std::unique_ptr<tracking::Tracker>> trackers,
            std::string evaluation_name);

  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  void on_stop(Trainer& trainer) override;
  std::string name() const override { return "metric_log"; }

 private:
  void flush();

  Console& console_;
  std::vector<std::unique_ptr<tracking::Tracker>> trackers_;
  std::string evaluation_name_;
};

}  // namespace retort::trainer
