// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::tracking {

// The meta.yaml of MLflow's file store, as MLflow's own clients and this program write it.

/// mlruns/EXPERIMENT/meta.yaml
struct MlflowExperimentMeta {
  std::string id{}, name{}, artifact_location{};
  int64_t created_ms = 0;
};

/// mlruns/EXPERIMENT/RUN/meta.yaml
struct MlflowRunMeta {
  std::string id{}, experiment_id{}, name{}, user{}, artifact_uri{};
  int64_t start_ms = 0;
  std::optional<int64_t> end_ms{};
  int64_t status = 1;  // of MLflow's RunStatus
};

std::string to_yaml(const MlflowExperimentMeta& meta);
std::string to_yaml(const MlflowRunMeta& meta);
// Nothing where the text is no such page.
std::optional<MlflowExperimentMeta> parse_mlflow_experiment_meta(std::string_view text);
std::optional<MlflowRunMeta> parse_mlflow_run_meta(std::string_view text);

}  // namespace retort::tracking
