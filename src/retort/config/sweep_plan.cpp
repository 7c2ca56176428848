// SPDX-License-Identifier: MIT
#include "retort/config/sweep_plan.h"

#include <fmt/format.h>

#include "retort/config/override.h"
#include "retort/config/override_value.h"
#include "retort/config/run_directory.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& text) { return to_override_text({Text{text, '\''}}); }

// hydra.sweeper.params holds the right-hand sides of overrides: {seed: "1,2", optimizer.lr: 0.1}.
std::vector<std::string> params_of(const Job& job) {
  std::vector<std::string> lines;
  const Node params = hydra_value(job, "sweeper.params");
  if (!params.is_dict()) return lines;
  for (const auto& [key, value] : params.as_dict())
    lines.push_back(key.text() + "=" + (value.is_string() ? value.as_string() : describe(value)));
  return lines;
}

// The flags of a job are those of the sweep that say where the configuration is.
std::vector<std::string> flags_of(const CommandLine& line) {
  std::vector<std::string> flags;
  if (line.config_path) flags.push_back("--config-path=" + line.config_path->string());
  if (line.config_name) flags.push_back("--config-name=" + *line.config_name);
  if (line.config_dir) flags.push_back("--config-dir=" + line.config_dir->string());
  return flags;
}

}  // namespace

std::vector<JobOverrides> sweep_jobs(const Job& job) {
  std::vector<std::string> lines = params_of(job);
  lines.insert(lines.end(), job.task_overrides.begin(), job.task_overrides.end());
  return expand_sweep(parse_overrides(lines), [&](const std::string& group) { return job.options(group); });
}

SweepPlan plan_sweep(const CommandLine& line) {
  const Job sweep = compose_job(line);
  SweepPlan plan;
  plan.sweeper = hydra_value(sweep, "sweeper");
  plan.launcher = hydra_value(sweep, "launcher");
  plan.config = whole_config(sweep);

  // All jobs are composed before the folder is made: a mistake leaves nothing behind.
  std::vector<CommandLine> lines;
  std::vector<std::string> subdirs;
  for (JobOverrides& overrides : sweep_jobs(sweep)) {
    const std::string number = std::to_string(lines.size());
    CommandLine job_line = line;
    job_line.multirun = false;
    job_line.overrides = overrides;
    job_line.overrides.insert(job_line.overrides.end(), sweep.hydra_overrides.begin(),
                              sweep.hydra_overrides.end());
    for (const char* own : {"hydra.mode=MULTIRUN", "hydra.job.num=", "hydra.job.id="})
      job_line.overrides.push_back(own + (std::string_view(own).ends_with('=') ? number : ""));
    subdirs.push_back(hydra_folder(compose_job(job_line), "sweep.subdir"));
    plan.jobs.push_back({.overrides = std::move(overrides), .folder = {}, .arguments = {}});
    lines.push_back(std::move(job_line));
  }

  plan.folder = make_run_folder(hydra_folder(sweep, "sweep.dir"), !is_given(sweep, "hydra.sweep.dir"));
  for (size_t i = 0; i < lines.size(); ++i) {
    plan.jobs[i].folder = plan.folder / subdirs[i];
    std::vector<std::string>& arguments = plan.jobs[i].arguments;
    arguments = {line.command};
    for (const std::vector<std::string>& part : {flags_of(line), lines[i].overrides})
      arguments.insert(arguments.end(), part.begin(), part.end());
    arguments.push_back("hydra.sweep.dir=" + quoted(plan.folder.string()));
  }
  return plan;
}

}  // namespace retort::config
