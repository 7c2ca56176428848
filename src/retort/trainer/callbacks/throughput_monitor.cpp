// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/throughput_monitor.h"

#include "retort/trainer/trainer.h"

namespace retort::trainer {

ThroughputMonitor::ThroughputMonitor(ThroughputMonitorOptions options) : options_(options) {}

void ThroughputMonitor::on_train_batch_end(Trainer& trainer, const StepResult& step) {
  window_.push_back({step.seconds, step.samples});
  if (static_cast<int64_t>(window_.size()) > options_.window_size) window_.pop_front();
  double seconds = 0, samples = 0;
  for (const Entry& entry : window_) {
    seconds += entry.seconds;
    samples += static_cast<double>(entry.samples);
  }
  const auto batches =
      static_cast<double>(window_.size()) * static_cast<double>(trainer.options().accumulate_grad_batches);
  trainer.log("device/samples_per_sec", samples / seconds);
  trainer.log("device/batches_per_sec", batches / seconds);
}

}  // namespace retort::trainer
