// SPDX-License-Identifier: MIT
#pragma once

#include "apps/commands.h"
#include "retort/config/command_line.h"

namespace retort::apps {

/// Composes and checks every job, then runs one engine for each combination of the swept values,
/// hydra.launcher.n_jobs at a time, in hydra.sweep.dir/hydra.sweep.subdir. A job that fails does not stop the
/// others. With the sweep.dir of a sweep that was broken off, finished jobs are passed over and the others go
/// on. Ends with a table of what each job left in its results.json, the best by hydra.sweeper.metric and
/// hydra.sweeper.direction named last; the table is also results.csv in hydra.sweep.dir. Returns the exit
/// code: that of the first job that failed, or 75 when a signal stopped the sweep.
int run_multirun(const Command& command, const config::CommandLine& line);

}  // namespace retort::apps
