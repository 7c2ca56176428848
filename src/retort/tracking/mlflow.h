// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "retort/tracking/mlflow_store.h"
#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// MLflow, fed from metrics.jsonl by a thread of its own: training never waits for a server. A server that is
/// away is asked again, ever more rarely; how many rows it has taken stands in .mlflow.json, so that a
/// resumed run goes on there and sends no row twice.
class MlflowTracker : public Tracker {
 public:
  MlflowTracker(MlflowOptions options, std::filesystem::path run_directory, int64_t keep_through_step);
  ~MlflowTracker() override;

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  void summarize(const Metrics& metrics) override;
  std::string finish(int exit_code) override;

 private:
  enum class Phase { open, draining, done };

  void work();
  /// Sends what is there.
  void send();
  void read_state();
  void write_state() const;

  MlflowOptions options_;
  std::filesystem::path run_directory_;
  bool goes_on_;
  RunRecord run_{};
  std::thread thread_{};
  std::atomic<bool> cancel_ = false;

  // Of the thread alone.
  std::unique_ptr<MlflowStore> store_{};
  std::string run_id_{};
  bool has_params_ = false;
  size_t rows_sent_ = 0;   // by this process and by those before it
  size_t rows_known_ = 0;  // of these, those that a resumed run has yet to write again
  uint64_t bytes_read_ = 0;

  // Of both, under the mutex.
  std::mutex mutex_{};
  std::condition_variable changed_{};
  Phase phase_ = Phase::open;
  int exit_code_ = 0;
  int64_t last_step_ = 0;
  Metrics summary_{};
  std::string trouble_{};  // what the store said last
};

}  // namespace retort::tracking
