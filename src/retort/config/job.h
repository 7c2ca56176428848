// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "retort/config/command_line.h"
#include "retort/config/compose.h"
#include "retort/config/node.h"

namespace retort::config {

/// The configuration of one run of a command: what its file, the groups and the overrides give together.
/// Interpolations stand.
struct Job {
  std::string command;      // "train"
  Node config;              // what the command reads
  Node hydra;               // the `hydra` node: where a run goes, sweeps, the command line that was given
  Composition composition;  // where both come from: search path, defaults list, the time of ${now:...}
  std::vector<std::string> task_overrides;   // as typed, aliases expanded
  std::vector<std::string> hydra_overrides;  // those of keys and groups below `hydra`

  /// Every group on the search path that holds a config, "hydra/..." too, sorted.
  std::vector<std::string> groups() const;
  /// The options of a group, sorted; empty where there is no such group.
  std::vector<std::string> options(const std::string& group) const;
};

/// Composes what a command line asks for: COMMAND.yaml of conf/ unless --config-name and --config-path say
/// otherwise, then the overrides; with --experimental-rerun first the name and the overrides of the run in
/// that folder. An Error (config) says what cannot be composed.
///
/// conf/ is --config-path, or else RETORT_CONF, or else the first conf/ or share/retort/conf/ going up from
/// the folder of the program.
Job compose_job(const CommandLine& line);

/// `config` with every interpolation resolved. An Error (config) names the one that cannot be.
Node resolved_config(const Job& job);
/// One of Hydra's settings, "sweep.dir", resolved; null where it is absent or missing. The whole node cannot
/// be resolved: outside a sweep hydra.sweep.subdir has no value.
Node hydra_value(const Job& job, std::string_view path);
/// The same, for the name of a folder: text, or a number as text.
std::string hydra_folder(const Job& job, std::string_view path);

/// Both in one dictionary, as --cfg all prints them and multirun.yaml keeps them.
Node whole_config(const Job& job);

/// Whether the command line gave this key of Hydra's, "hydra.run.dir".
bool is_given(const Job& job, std::string_view key);

}  // namespace retort::config
