// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "retort/tracking/system_stats.h"
#include "retort/tracking/tracker.h"
#include "retort/trainer/callback.h"

namespace retort::trainer {

/// Sends the figures of training to the tracker: train/loss, its terms and lr every log_every_n_steps steps;
/// a row an epoch with the means of these and the evaluation, and histograms of the weights; a row for a
/// validation within an epoch; in each what callbacks have logged. None of it depends on the clock, so that a
/// run repeats to the byte. What does, load and speed, is sent apart, every quarter of a minute.
class MetricLog : public Callback {
 public:
  /// `evaluation_name` is the split that is evaluated each epoch: "val" or "test".
  MetricLog(tracking::Tracker& tracker, std::string evaluation_name);

  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_validation_end(Trainer& trainer, const metrics::Classification& evaluation) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  void on_stop(Trainer& trainer) override;
  void on_save_checkpoint(Trainer& trainer, checkpoint::Checkpoint& checkpoint) override;
  std::string name() const override { return "metric_log"; }

 private:
  void log_system(int64_t step);
  void append(const metrics::Classification& evaluation, tracking::Metrics& metrics) const;

  tracking::Tracker& tracker_;
  std::string evaluation_name_;
  tracking::SystemStats system_{};
  std::chrono::steady_clock::time_point last_system_;
  StepResult since_system_{};  // sums of its seconds and samples
};

}  // namespace retort::trainer
