// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "retort/config/command_line.h"
#include "retort/config/job.h"
#include "retort/config/sweep.h"

namespace retort::config {

/// Throws an Error (config) for a job that its command would refuse.
using JobCheck = std::function<void(const Job&)>;

/// The jobs that a command line sweeps over, hydra.sweeper.params included, in order. Each was composed and
/// checked once, so that a mistake in the last one is found before the first runs.
std::vector<JobOverrides> sweep_jobs(const CommandLine& line, const JobCheck& check);

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
SweepPlan plan_sweep(const CommandLine& line, const JobCheck& check);

}  // namespace retort::config
