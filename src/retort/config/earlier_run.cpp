// SPDX-License-Identifier: MIT
#include "retort/config/earlier_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/config/override.h"
#include "retort/config/run_directory.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

[[noreturn]] void fail(const std::filesystem::path& run_directory, const std::string& message) {
  throw Error(ExitCode::config,
              fmt::format("--experimental-rerun {}: {}", printable(run_directory.string()), message));
}

// Where a run went, and that it was a job of a sweep.
bool says_where(const std::string& line) {
  const std::string key = parse_override(line).key_or_group;
  return key == "hydra.run.dir" || key == "hydra.mode";
}

}  // namespace

EarlierRun read_earlier_run(const std::filesystem::path& run_directory) {
  const auto config = read_config(run_directory), hydra = read_hydra_config(run_directory);
  const auto task_overrides = read_task_overrides(run_directory);
  if (!config || !hydra || !task_overrides)
    fail(run_directory,
         "no run is recorded there; config.yaml, hydra.yaml and overrides.yaml are expected in .hydra/");

  EarlierRun run{.config_name = {}, .overrides = {}, .config = *config};
  if (const Node* name = hydra->select("hydra.job.config_name"); name != nullptr && name->is_string())
    run.config_name = name->as_string();
  const Node* lines = hydra->select("hydra.overrides.hydra");
  if (lines == nullptr || !lines->is_list()) fail(run_directory, "hydra.yaml holds no hydra.overrides.hydra");
  for (const Node& line : lines->as_list()) {
    if (!line.is_string()) fail(run_directory, fmt::format("{}: not an override", line.source().to_string()));
    run.overrides.push_back(line.as_string());
  }
  std::erase_if(run.overrides, says_where);
  run.overrides.insert(run.overrides.end(), task_overrides->begin(), task_overrides->end());
  return run;
}

}  // namespace retort::config
