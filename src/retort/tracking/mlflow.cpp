// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/tracking/json_lines.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/mlflow_state.h"
#include "retort/tracking/mlflow_store.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr char kStateFile[] = ".mlflow.json";
constexpr milliseconds kPollInterval{1000}, kFirstRetry{500}, kSlowestRetry{30000};

// The whole lines of a log from `offset` on, which moves behind them.
std::vector<MetricRow> read_new_rows(const fs::path& log, uint64_t& offset) {
  std::vector<MetricRow> rows;
  std::ifstream file(log, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  for (std::string line; std::getline(file, line) && !file.eof();) {
    auto row = parse_metric_row(line);
    if (!row) break;
    offset += line.size() + 1;
    rows.push_back(std::move(*row));
  }
  return rows;
}

MlflowParams params_of(const RunRecord& run) {
  MlflowParams params;
  for (const auto& [key, value] : leaves(run.config))
    params.emplace_back(key, value.is_string()
                                 ? value.get<std::string>()
                                 : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return params;
}

std::vector<MlflowMetric> metrics_of(const Metrics& metrics, int64_t step) {
  const auto now = static_cast<int64_t>(unix_time() * 1000);
  std::vector<MlflowMetric> result;
  for (const auto& [name, value] : metrics)
    result.push_back({.name = name, .value = value, .timestamp_ms = now, .step = step});
  return result;
}

class MlflowTracker : public Tracker {
 public:
  MlflowTracker(MlflowOptions options, fs::path run_directory, int64_t keep_through_step);
  ~MlflowTracker() override;

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  void save_file(const fs::path& path) override;
  void save_model(const fs::path& path) override;
  void summarize(const Metrics& metrics) override;
  std::string finish(int exit_code) override;

 private:
  enum class Phase { open, draining, done };

  void work();
  /// Sends what is there.
  void send();
  void send_rows();
  void send_files();
  void send_end();
  void read_state();
  void write_state() const;

  MlflowOptions options_;
  fs::path run_directory_;
  bool goes_on_;
  RunRecord run_{};
  std::thread thread_{};
  std::atomic<bool> cancel_ = false;

  // Of the thread alone.
  std::unique_ptr<MlflowStore> store_{};
  MlflowState state_{};
  size_t rows_known_ = 0;  // of the rows sent, those that a resumed run has yet to write again
  uint64_t bytes_read_ = 0;
  // Read and not sent; each was given its time when it was read, so that one that is sent anew, since the
  // answer was lost, is the same.
  std::deque<std::vector<MlflowMetric>> rows_{};

  // Of both, under the mutex.
  std::mutex mutex_{};
  std::condition_variable changed_{};
  Phase phase_ = Phase::open;
  int exit_code_ = 0;
  int64_t last_step_ = 0;
  Metrics summary_{};
  std::deque<fs::path> files_{};  // that are still to be sent
  std::string trouble_{};         // what the store said last
  std::string file_trouble_{};    // why it has not all files
};

MlflowTracker::MlflowTracker(MlflowOptions options, fs::path run_directory, int64_t keep_through_step)
    : options_(std::move(options)),
      run_directory_(std::move(run_directory)),
      goes_on_(keep_through_step >= 0) {}

MlflowTracker::~MlflowTracker() {
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::done;
  }
  cancel_ = true;
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MlflowTracker::start(const RunRecord& run) {
  run_ = run;
  for (const char* name : {"run.json", ".hydra/config.yaml"})
    if (fs::exists(run_directory_ / name)) files_.push_back(run_directory_ / name);
  store_ = make_mlflow_store(options_, cancel_);
  state_.tracking_uri = options_.tracking_uri;
  if (goes_on_) read_state();
  if (state_.rows_sent == 0 && state_.run_id.empty()) write_state();
  thread_ = std::thread([this] { work(); });
}

void MlflowTracker::log(int64_t step, int64_t, const Metrics&) {
  const std::lock_guard lock(mutex_);
  last_step_ = step;
}

void MlflowTracker::summarize(const Metrics& metrics) {
  const std::lock_guard lock(mutex_);
  summary_.insert(summary_.end(), metrics.begin(), metrics.end());
}

void MlflowTracker::save_file(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  files_.push_back(path);
}

void MlflowTracker::save_model(const fs::path& path) {
  if (options_.log_model) save_file(path);
}

std::string MlflowTracker::finish(int exit_code) {
  std::unique_lock lock(mutex_);
  exit_code_ = exit_code;
  phase_ = Phase::draining;
  changed_.notify_all();
  const auto patience = std::chrono::duration<double>(options_.wait_seconds);
  const bool is_drained = changed_.wait_for(lock, patience, [&] { return phase_ == Phase::done; });
  phase_ = Phase::done;
  cancel_ = true;
  changed_.notify_all();
  lock.unlock();
  thread_.join();
  if (is_drained && trouble_.empty()) {
    if (file_trouble_.empty()) return {};
    return fmt::format("mlflow: the metrics are there; of the files not all: {}\n", file_trouble_);
  }
  return fmt::format(
      "mlflow: {} has {} rows of this run; all are in {} ({}). The same command with "
      "trainer.ckpt_path={} hydra.run.dir={} sends the others.\n",
      printable(options_.tracking_uri), state_.rows_sent,
      printable((run_directory_ / "metrics.jsonl").string()), trouble_.empty() ? "it is slow" : trouble_,
      printable(run_directory_.string()), printable(run_directory_.string()));
}

void MlflowTracker::work() {
  milliseconds retry = kFirstRetry;
  while (true) {
    milliseconds wait = kPollInterval;
    bool is_refused = false;
    std::string trouble;
    Phase phase = Phase::open;
    {
      const std::lock_guard lock(mutex_);
      phase = phase_;
    }
    if (phase == Phase::done) return;
    try {
      send();
      retry = kFirstRetry;
      if (phase == Phase::draining) {
        send_end();
        const std::lock_guard lock(mutex_);
        trouble_.clear();
        phase_ = Phase::done;
        changed_.notify_all();
        return;
      }
    } catch (const MlflowStore::Unavailable& error) {
      trouble = error.what();
      wait = phase == Phase::draining ? kFirstRetry : retry;
      retry = std::min(2 * retry, kSlowestRetry);
    } catch (const std::exception& error) {  // refused, or no disk for the state: nothing to repeat
      trouble = error.what();
      is_refused = true;
    }
    std::unique_lock lock(mutex_);
    if (!cancel_) trouble_ = trouble;  // else it says no more than that we had waited enough
    if (is_refused) {
      changed_.wait(lock, [&] { return phase_ != Phase::open; });
      phase_ = Phase::done;
      changed_.notify_all();
      return;
    }
    changed_.wait_for(lock, wait, [&] { return phase_ != phase; });
  }
}

void MlflowTracker::send() {
  if (state_.run_id.empty()) {
    state_.run_id = store_->create_run(options_, run_);
    write_state();
  }
  if (!state_.has_params) {
    store_->log_params(state_.run_id, params_of(run_));
    state_.has_params = true;
    write_state();
  }
  std::vector<MetricRow> rows = read_new_rows(run_directory_ / "metrics.jsonl", bytes_read_);
  // A resumed run writes again what followed its checkpoint; the log may not hold all of that yet.
  const size_t known = std::min(rows_known_, rows.size());
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(known));
  rows_known_ -= known;
  for (const MetricRow& row : rows) rows_.push_back(metrics_of(row.metrics, row.step));
  send_rows();
  send_files();
}

// A row that has been taken is not sent again when a later one is not.
void MlflowTracker::send_rows() {
  while (!rows_.empty()) {
    std::vector<MlflowMetric> metrics;
    size_t count = 0;
    while (count < rows_.size() &&
           (count == 0 || metrics.size() + rows_[count].size() <= kMostMlflowMetrics)) {
      metrics.insert(metrics.end(), rows_[count].begin(), rows_[count].end());
      ++count;
    }
    store_->log_metrics(state_.run_id, metrics);
    rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(count));
    state_.rows_sent += count;
    write_state();
  }
}

void MlflowTracker::send_end() {
  std::vector<MlflowMetric> summary;
  int exit_code = 0;
  {
    const std::lock_guard lock(mutex_);
    summary = metrics_of(summary_, last_step_);
    exit_code = exit_code_;
  }
  if (!summary.empty()) store_->log_metrics(state_.run_id, summary);
  const bool was_stopped = exit_code == static_cast<int>(ExitCode::interrupted);
  store_->set_status(state_.run_id, exit_code == 0 ? MlflowStore::Status::finished
                                    : was_stopped  ? MlflowStore::Status::killed
                                                   : MlflowStore::Status::failed);
}

void MlflowTracker::send_files() {
  while (true) {
    fs::path file;
    {
      const std::lock_guard lock(mutex_);
      if (files_.empty()) return;
      file = files_.front();
    }
    std::string trouble;
    try {
      store_->log_artifact(state_.run_id, file.filename().string(), file);
    } catch (const MlflowStore::Refused& error) {
      trouble = error.what();
    } catch (const Error& error) {
      trouble = error.what();
    }
    const std::lock_guard lock(mutex_);
    files_.pop_front();
    if (!trouble.empty()) file_trouble_ = trouble;
  }
}

void MlflowTracker::read_state() {
  constexpr uint64_t kLargestState = 65536;
  const fs::path file = run_directory_ / kStateFile;
  if (!fs::exists(file)) return;
  auto earlier = parse_mlflow_state(read_file(file, kLargestState, ExitCode::checkpoint));
  if (earlier && earlier->tracking_uri == options_.tracking_uri) state_ = std::move(*earlier);
  rows_known_ = state_.rows_sent;
}

void MlflowTracker::write_state() const {
  write_file_atomically(run_directory_ / kStateFile, to_json(state_));
}

}  // namespace

std::unique_ptr<Tracker> make_mlflow_tracker(MlflowOptions options, fs::path run_directory,
                                             int64_t keep_through_step) {
  return std::make_unique<MlflowTracker>(std::move(options), std::move(run_directory), keep_through_step);
}

}  // namespace retort::tracking
