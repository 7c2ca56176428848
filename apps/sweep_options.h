// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "retort/config/sweep_plan.h"

namespace retort::apps {

/// How a sweep runs, and which of its jobs is the best.
struct SweepOptions {
  std::string metric = "val/accuracy_top1";  // hydra.sweeper.metric: a name in results.json
  bool is_maximized = true;                  // hydra.sweeper.direction: maximize or minimize
  int64_t n_jobs = 1;                        // hydra.launcher.n_jobs: engines at a time; -1: one a core

  static SweepOptions from(const config::SweepPlan& plan);
};

}  // namespace retort::apps
