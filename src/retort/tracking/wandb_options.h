// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::tracking {

/// The group `wandb` of the configuration; its values come from W&B's environment variables where those are
/// set (conf/tracker/wandb.yaml).
struct WandbOptions {
  enum class Mode { offline, online, disabled };
  enum class Resume { allow, must, never };

  Mode mode = Mode::offline;
  std::string project = "retort";
  std::optional<std::string> entity{}, name{}, group{}, job_type{}, notes{};
  std::vector<std::string> tags{};
  std::optional<std::filesystem::path> dir{};  // holds wandb/; the run's own folder where absent
  std::optional<std::string> id{};             // of the run; drawn where absent
  Resume resume = Resume::allow;               // what a resumed training does with the run that it began
  bool silent = false;                         // no closing words

  static WandbOptions from(const config::Node& node);
};

}  // namespace retort::tracking
