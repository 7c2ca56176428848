// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/reader.h"
#include "retort/tracking/mlflow_options.h"
#include "retort/tracking/wandb_options.h"

namespace retort::tracking {

/// The keys `tracker`, `wandb` and `mlflow`.
struct TrackerOptions {
  std::vector<std::string> names{};
  WandbOptions wandb{};
  MlflowOptions mlflow{};

  /// `tracker` is a dictionary whose keys are the names, as the group's files give it, or a name, or a list.
  static TrackerOptions from(config::Reader& root);
};

/// What `tracker` may name; registry.cpp makes them.
const std::vector<std::string>& tracker_names();

}  // namespace retort::tracking
