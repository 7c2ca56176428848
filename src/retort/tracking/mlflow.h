// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "retort/tracking/mlflow_options.h"
#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// MLflow, fed from metrics.jsonl by a thread of its own: training never waits for a server. A server that is
/// away is asked again, ever more rarely; how many rows it has taken stands in .mlflow.json, so that a
/// resumed run goes on there and sends no row twice.
std::unique_ptr<Tracker> make_mlflow_tracker(MlflowOptions options, std::filesystem::path run_directory,
                                             int64_t keep_through_step);

}  // namespace retort::tracking
