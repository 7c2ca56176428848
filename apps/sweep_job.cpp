// SPDX-License-Identifier: MIT
#include "apps/sweep_job.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "retort/config/job.h"
#include "retort/config/run_directory.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;

// The same overrides over files that were changed since are another job.
void check_same_config(const SweepJob& job) {
  auto earlier = config::read_config(job.plan->folder);
  if (!earlier.has_value()) return;
  config::Node now = config::compose_job(config::parse_command_line(job.plan->arguments)).config;
  for (config::Node* config : {&*earlier, &now})
    if (config::Node* trainer = config->select("trainer"); trainer != nullptr && trainer->is_dict())
      trainer->erase("ckpt_path");  // what resumes a job is no part of it
  if (*earlier != now)
    throw Error(
        ExitCode::config,
        fmt::format("{} was finished with another configuration than the one that the files give now; "
                    "choose another hydra.sweep.dir",
                    printable(job.plan->folder.string())));
}

}  // namespace

std::string state_text(const SweepJob& job) {
  switch (job.state) {
    case SweepJob::State::done:
    case SweepJob::State::done_before:
      return "done";
    case SweepJob::State::failed:
      return fmt::format("failed ({})", job.exit_code);
    case SweepJob::State::stopped:
      return "stopped";
    default:
      return "not run";
  }
}

bool was_finished_before(const SweepJob& job) {
  std::optional<config::JobOverrides> earlier = config::read_task_overrides(job.plan->folder);
  if (!earlier.has_value()) return false;
  std::erase(*earlier, kResume);
  if (*earlier != job.plan->overrides)
    throw Error(ExitCode::config,
                fmt::format("{} holds a job of another sweep ({}); choose another hydra.sweep.dir",
                            printable(job.plan->folder.string()), printable(join(*earlier, " "))));
  if (!fs::is_regular_file(job.plan->folder / "results.json")) return false;
  check_same_config(job);
  return true;
}

}  // namespace retort::apps
