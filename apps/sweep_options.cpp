// SPDX-License-Identifier: MIT
#include "apps/sweep_options.h"

#include <unistd.h>

#include "retort/config/reader.h"

namespace retort::apps {

SweepOptions SweepOptions::from(const config::SweepPlan& plan) {
  SweepOptions options;
  config::Reader sweeper(plan.sweeper, "hydra.sweeper");
  if (const auto metric = sweeper.optional_text("metric")) options.metric = *metric;
  if (sweeper.has("direction"))
    options.is_maximized = sweeper.choice("direction", {"maximize", "minimize"}) == "maximize";
  config::Reader launcher(plan.launcher, "hydra.launcher");
  options.n_jobs = launcher.optional_integer("n_jobs", {.at_least = -1}).value_or(options.n_jobs);
  if (options.n_jobs == -1) options.n_jobs = sysconf(_SC_NPROCESSORS_ONLN);
  if (options.n_jobs == 0) launcher.fail("n_jobs", "a number of jobs above 0, or -1 for one a core");
  return options;
}

}  // namespace retort::apps
