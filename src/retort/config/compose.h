// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/defaults_row.h"
#include "retort/config/interpolator.h"
#include "retort/config/node.h"
#include "retort/config/override.h"
#include "retort/config/override_aliases.h"
#include "retort/config/repository.h"

namespace retort::config {

enum class RunMode { run, multirun };

struct ComposeRequest {
  std::string config_path;                   // the folder of the primary config
  std::optional<std::string> config_name{};  // none: only the overrides
  std::vector<std::string> config_dirs{};    // further folders of the search path (--config-dir)
  std::vector<std::string> overrides{};      // as typed
  RunMode mode = RunMode::run;  // a sweep leaves out what it sweeps over, and allows ??? in defaults lists
  std::string job_name = "retort";  // hydra.job.name where nobody sets it
};

/// A configuration as Hydra composes it, interpolations as written.
struct Composition {
  Node root;                               // hydra, and the job's keys
  DefaultsTree tree;                       // how the defaults lists led to one another
  std::vector<DefaultsRow> defaults;       // what was merged, in order
  OverrideAliases aliases;                 // of the primary config
  std::vector<std::string> overrides;      // those asked for, aliases expanded
  std::vector<Override> config_overrides;  // those of values, applied after the defaults
  std::shared_ptr<Repository> repository;  // the search path, its groups and options
  Interpolator::Time time;                 // of every ${now:...}
  std::vector<std::string> warnings;

  /// The job's configuration: everything but `hydra`.
  Node job() const;
  /// The value of `hydra`.
  const Node& hydra() const;
  /// Both with their interpolations resolved.
  Node resolved_job() const;
  Node resolved_hydra() const;
};

/// Composes as Hydra 1.3 does with version_base 1.3: defaults lists, packages, search path, merging, then the
/// overrides. An Error (config) says what is wrong, where it stands, and what there would be.
Composition compose(const ComposeRequest& request);

}  // namespace retort::config
