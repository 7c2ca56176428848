// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "retort/tracking/mlflow_options.h"
#include "retort/tracking/run_record.h"

namespace retort::tracking {

struct MlflowMetric {
  std::string name;
  double value = 0;
  int64_t timestamp_ms = 0, step = 0;
};

using MlflowParams = std::vector<std::pair<std::string, std::string>>;

/// What a server takes at once.
constexpr size_t kMostMlflowMetrics = 1000;

/// A place that keeps runs, as MLflow's own clients see it. Each call waits for its answer.
class MlflowStore {
 public:
  /// The store is away, or full: what was to be done may be done later.
  struct Unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  /// The store has answered, and will not do it.
  struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  enum class Status { running, finished, failed, killed };

  virtual ~MlflowStore() = default;
  /// Makes the experiment where it is missing, and a run in it; returns the run's id.
  virtual std::string create_run(const MlflowOptions& options, const RunRecord& run) = 0;
  virtual void log_params(const std::string& run_id, const MlflowParams& params) = 0;
  /// All of them or none.
  virtual void log_metrics(const std::string& run_id, const std::vector<MlflowMetric>& metrics) = 0;
  /// Keeps a copy of a file with the run; `name` is its path among the run's artifacts. An Error where the
  /// file cannot be read.
  virtual void log_artifact(const std::string& run_id, const std::string& name,
                            const std::filesystem::path& file) = 0;
  virtual void set_status(const std::string& run_id, Status status) = 0;
};

/// The store that the options' tracking_uri names.
std::unique_ptr<MlflowStore> make_mlflow_store(const MlflowOptions& options, const std::atomic<bool>& cancel);
std::unique_ptr<MlflowStore> make_mlflow_server(const std::string& url, const std::atomic<bool>& cancel);
std::unique_ptr<MlflowStore> make_mlflow_folder(const std::filesystem::path& folder);

}  // namespace retort::tracking
