// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace retort::tracking {

/// How far a run has got into MLflow: .mlflow.json in the run's folder.
struct MlflowState {
  std::string tracking_uri{};  // where it goes
  std::string run_id{};        // there, hexadecimal; empty until it has been made
  bool has_params = false;
  size_t rows_sent = 0;  // of metrics.jsonl
};

std::string to_json(const MlflowState& state);
/// Nothing where the text is no such state.
std::optional<MlflowState> parse_mlflow_state(std::string_view text);

}  // namespace retort::tracking
