// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "retort/trainer/callback.h"

namespace retort::trainer {

/// Logs device/cpu_percent (of one core, since the last row) and device/memory_gigabytes of this process.
/// These figures differ from run to run, and so does metrics.csv then.
class DeviceStatsMonitor : public Callback {
 public:
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  std::string name() const override { return "device_stats_monitor"; }

 private:
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  double cpu_seconds_ = 0;
};

}  // namespace retort::trainer
