// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "retort/config/node.h"

namespace retort::tracking {

/// The group `mlflow` of the configuration; its values come from MLflow's environment variables where those
/// are set (conf/tracker/mlflow.yaml).
struct MlflowOptions {
  std::string tracking_uri = "mlruns";  // http://..., https://..., or a folder
  std::string experiment_name = "retort";
  std::optional<std::string> run_name{};
  bool log_model = false;    // the trained weights are kept among the run's artifacts
  double wait_seconds = 10;  // at the end, for what a slow server has not taken yet

  bool is_server() const;

  static MlflowOptions from(const config::Node& node);
};

}  // namespace retort::tracking
