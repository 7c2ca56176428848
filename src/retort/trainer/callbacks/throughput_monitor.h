// SPDX-License-Identifier: MIT
#pragma once

#include <deque>

#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"

namespace retort::trainer {

/// Logs device/samples_per_sec and device/batches_per_sec over the last steps: what a step takes, without
/// validations and saves. These figures differ from run to run, and so does metrics.csv then.
class ThroughputMonitor : public Callback {
 public:
  explicit ThroughputMonitor(ThroughputMonitorOptions options);

  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  std::string name() const override { return "throughput_monitor"; }

 private:
  struct Entry {
    double seconds;
    int64_t samples;
  };

  ThroughputMonitorOptions options_;
  std::deque<Entry> window_;
};

}  // namespace retort::trainer
