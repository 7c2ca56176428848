// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/job.h"

namespace retort::config {

/// Makes the folder for all that a run leaves and writes .hydra/config.yaml, overrides.yaml and hydra.yaml in
/// it, as Hydra does. Its name is hydra.run.dir, or in a job of a sweep hydra.sweep.dir/hydra.sweep.subdir. A
/// name that Hydra's clock made and another run has taken gets "-2", "-3", ...; a name that the user gave is
/// used as it is, so that a run can go on in its folder. Sets hydra.runtime.output_dir. The working directory
/// stays. An Error (resources) where the folder cannot be made.
std::filesystem::path create_run_directory(Job& job);

/// The name of the run's log: hydra.job.name and ".log". An Error (config) where that is no name of a file.
std::string log_name(const Job& job);
/// False for hydra/job_logging=none, disabled or stdout, which write no file.
bool keeps_log(const Job& job);

/// Makes a folder and what is above it. With must_be_new a name that is taken gets "-2", "-3", ...; the name
/// that was made is returned, and no other process was given it.
std::filesystem::path make_run_folder(const std::filesystem::path& folder, bool must_be_new);

/// The configuration that a run left in .hydra/config.yaml, and Hydra's own in .hydra/hydra.yaml; nothing
/// where there is no such file.
std::optional<Node> read_config(const std::filesystem::path& run_directory);
std::optional<Node> read_hydra_config(const std::filesystem::path& run_directory);

/// The task overrides that a run left in .hydra/overrides.yaml; nothing where there is no such file. An Error
/// (config) where it is damaged.
std::optional<std::vector<std::string>> read_task_overrides(const std::filesystem::path& run_directory);

}  // namespace retort::config
