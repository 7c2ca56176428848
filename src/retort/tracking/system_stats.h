// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// What this process and its machine use, under W&B's names: cpu (percent of all cores, of this process),
/// memory_percent (of the machine), proc.memory.rssMB, proc.cpu.threads.
class SystemStats {
 public:
  SystemStats();
  /// Since the last call, as far as it is an average. A few files of /proc are read: some 50 microseconds.
  Metrics sample();

 private:
  std::chrono::steady_clock::time_point last_time_;
  double last_cpu_seconds_;
};

}  // namespace retort::tracking
