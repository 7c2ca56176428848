// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include "retort/config/command_line.h"
#include "retort/config/job.h"
#include "retort/config/sweep.h"

namespace retort::config {

/// The jobs that a command line sweeps over, hydra.sweeper.params included, in order. Each was composed once,
/// so that a mistake in the last one is found before the first runs.
std::vector<JobOverrides> sweep_jobs(const CommandLine& line);

/// A sweep before it starts.
struct SweepPlan {
  struct PlannedJob {
    JobOverrides overrides;              // of the task
    std::filesystem::path folder;        // hydra.sweep.dir/hydra.sweep.subdir
    std::vector<std::string> arguments;  // of a program that runs this job alone
  };

  Node sweeper, launcher;        // hydra.sweeper and hydra.launcher, resolved
  Node config;                   // the sweep's own configuration, as multirun.yaml keeps it
  std::filesystem::path folder;  // hydra.sweep.dir
  std::vector<PlannedJob> jobs;
};

/// Makes hydra.sweep.dir, once all jobs are known to be sound.
SweepPlan plan_sweep(const CommandLine& line);

}  // namespace retort::config
