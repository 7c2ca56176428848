// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/device_stats_monitor.h"

#include <sys/resource.h>

#include "retort/core/memory.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

double process_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void DeviceStatsMonitor::on_train_batch_end(Trainer& trainer, const StepResult&) {
  if (trainer.progress().step % trainer.options().log_every_n_steps != 0) return;
  const auto now = std::chrono::steady_clock::now();
  const double seconds = process_seconds();
  const double elapsed = std::chrono::duration<double>(now - std::exchange(since_, now)).count();
  trainer.log("device/cpu_percent", 100 * (seconds - std::exchange(cpu_seconds_, seconds)) / elapsed);
  trainer.log("device/memory_gigabytes", static_cast<double>(resident_memory()) / (1 << 30));
}

}  // namespace retort::trainer
