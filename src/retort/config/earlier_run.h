// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::config {

/// What a run left of itself in .hydra/, from which it can be composed again.
struct EarlierRun {
  std::optional<std::string> config_name;
  /// Hydra's own first, then the task's. The run goes to a folder of its own: without hydra.run.dir, and for
  /// a job of a sweep as a run (hydra.mode=RUN).
  std::vector<std::string> overrides;
  Node config;  // as it was composed then
};

/// Reads .hydra/ of `run_directory`. An Error (config) where a file is missing or damaged.
EarlierRun read_earlier_run(const std::filesystem::path& run_directory);

}  // namespace retort::config
