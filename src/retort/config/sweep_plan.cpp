// SPDX-License-Identifier: MIT
#include "retort/config/sweep_plan.h"

#include <map>

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

// What is swept over. hydra.sweeper.params holds the right-hand sides of overrides: {seed: "1,2",
// optimizer.lr: 0.1}.
std::vector<Override> swept_overrides(const Job& sweep) {
  std::vector<std::string> lines;
  if (const Node params = hydra_value(sweep, "sweeper.params"); params.is_dict())
    for (const auto& [key, value] : params.as_dict())
      lines.push_back(key.text() + "=" + (value.is_string() ? value.as_string() : describe(value)));
  lines.insert(lines.end(), sweep.task_overrides.begin(), sweep.task_overrides.end());
  return parse_overrides(lines);
}

std::vector<JobOverrides> expanded(const std::vector<Override>& overrides, const Job& sweep) {
  return expand_sweep(overrides, [&](const std::string& group) { return sweep.options(group); });
}

// One of the keys takes no value at all: an empty range, a pattern that fits no option.
[[noreturn]] void fail_without_jobs(const Job& sweep) {
  for (const Override& override : swept_overrides(sweep)) {
    if (!expanded({override}, sweep).empty()) continue;
    const std::vector<std::string> options = sweep.options(override.key_or_group);
    throw Error(ExitCode::config,
                fmt::format("the sweep has no jobs: '{}' takes no value{}{}", printable(override.line),
                            options.empty() ? "" : "; there are: " + join(options, ", "),
                            override.value_source().caret()));
  }
  throw Error(ExitCode::config, "the sweep has no jobs");
}

// The flags of a job are those of the sweep that say where the configuration is.
std::vector<std::string> flags_of(const CommandLine& line) {
  std::vector<std::string> flags;
  if (line.config_path) flags.push_back("--config-path=" + line.config_path->string());
  if (line.config_name) flags.push_back("--config-name=" + *line.config_name);
  if (line.config_dir) flags.push_back("--config-dir=" + line.config_dir->string());
  return flags;
}

// Those of a job alone, with what it is told of the sweep.
std::vector<std::string> whole_overrides(const JobOverrides& overrides, const Job& sweep, size_t number) {
  std::vector<std::string> whole = overrides;
  whole.insert(whole.end(), sweep.hydra_overrides.begin(), sweep.hydra_overrides.end());
  whole.insert(whole.end(), {"hydra.mode=MULTIRUN", fmt::format("hydra.job.num={}", number),
                             fmt::format("hydra.job.id='{}'", number)});
  return whole;
}

struct ComposedJob {
  JobOverrides overrides;
  std::string subdir;  // hydra.sweep.subdir
};

std::vector<ComposedJob> composed_jobs(const CommandLine& line, const Job& sweep, const JobCheck& check) {
  // Hydra composes and starts that many at a time; here all are composed first, so it changes nothing.
  const Node batch = hydra_value(sweep, "sweeper.max_batch_size");
  if (!batch.is_null() && (!batch.is_int() || batch.as_int() <= 0))
    throw Error(
        ExitCode::config,
        fmt::format("hydra.sweeper.max_batch_size={} must be an integer above 0, or null", describe(batch)));
  std::vector<ComposedJob> jobs;
  for (JobOverrides& overrides : expanded(swept_overrides(sweep), sweep)) {
    CommandLine own = line;
    own.multirun = false;
    own.overrides = whole_overrides(overrides, sweep, jobs.size());
    try {
      const Job composed = compose_job(own);
      check(composed);
      jobs.push_back({std::move(overrides), hydra_folder(composed, "sweep.subdir")});
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("job {} of the sweep: {}", jobs.size(), error.what()));
    }
  }
  return jobs;
}

}  // namespace

std::vector<JobOverrides> sweep_jobs(const CommandLine& line, const JobCheck& check) {
  std::vector<JobOverrides> jobs;
  for (ComposedJob& job : composed_jobs(line, compose_job(line), check))
    jobs.push_back(std::move(job.overrides));
  return jobs;
}

SweepPlan plan_sweep(const CommandLine& line, const JobCheck& check) {
  const Job sweep = compose_job(line);
  std::vector<ComposedJob> jobs = composed_jobs(line, sweep, check);
  if (jobs.empty()) fail_without_jobs(sweep);

  std::map<std::string, size_t> owners;  // of folders
  for (size_t number = 0; number < jobs.size(); ++number)
    if (const auto [owner, is_new] = owners.emplace(jobs[number].subdir, number); !is_new)
      throw Error(
          ExitCode::config,
          fmt::format("jobs {} and {} of the sweep would share the folder '{}': hydra.sweep.subdir must "
                      "differ from job to job, e.g. ${{hydra.job.num}}",
                      owner->second, number, printable(jobs[number].subdir)));

  SweepPlan plan;
  plan.sweeper = hydra_value(sweep, "sweeper");
  plan.launcher = hydra_value(sweep, "launcher");
  plan.config = whole_config(sweep);
  plan.folder = make_run_folder(hydra_folder(sweep, "sweep.dir"), !is_given(sweep, "hydra.sweep.dir"));
  for (ComposedJob& job : jobs) {
    std::vector<std::string> arguments = {line.command};
    for (const std::vector<std::string>& part :
         {flags_of(line), whole_overrides(job.overrides, sweep, plan.jobs.size())})
      arguments.insert(arguments.end(), part.begin(), part.end());
    arguments.push_back("hydra.sweep.dir=" + quoted(plan.folder.string()));
    plan.jobs.push_back({std::move(job.overrides), plan.folder / job.subdir, std::move(arguments)});
  }
  return plan;
}

}  // namespace retort::config
