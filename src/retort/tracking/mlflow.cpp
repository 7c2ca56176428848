// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/tracking/json_lines.h"
#include "retort/tracking/json_text.h"

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
    params.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  return params;
}

void append_metrics(const Metrics& metrics, int64_t step, std::vector<MlflowMetric>& all) {
  const auto now = static_cast<int64_t>(unix_time() * 1000);
  for (const auto& [name, value] : metrics)
    all.push_back({.name = name, .value = value, .timestamp_ms = now, .step = step});
}

}  // namespace

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
  store_ = make_mlflow_store(options_, cancel_);
  if (goes_on_) read_state();
  if (rows_sent_ == 0 && run_id_.empty()) write_state();
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
  if (is_drained && trouble_.empty()) return {};
  return fmt::format(
      "mlflow: {} has {} rows of this run; all are in {} ({}). The same command with "
      "trainer.ckpt_path={} hydra.run.dir={} sends the others.\n",
      printable(options_.tracking_uri), rows_sent_, printable((run_directory_ / "metrics.jsonl").string()),
      trouble_.empty() ? "it is slow" : trouble_, printable(run_directory_.string()),
      printable(run_directory_.string()));
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
        const bool was_stopped = exit_code_ == static_cast<int>(ExitCode::interrupted);
        store_->set_status(run_id_, exit_code_ == 0 ? MlflowStore::Status::finished
                                    : was_stopped   ? MlflowStore::Status::killed
                                                    : MlflowStore::Status::failed);
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
    trouble_ = trouble;
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
  if (run_id_.empty()) {
    run_id_ = store_->create_run(options_, run_);
    write_state();
  }
  if (!has_params_) {
    store_->log_params(run_id_, params_of(run_));
    has_params_ = true;
    write_state();
  }
  Metrics summary;
  int64_t last_step = 0;
  bool is_draining = false;
  {
    const std::lock_guard lock(mutex_);
    is_draining = phase_ == Phase::draining;
    last_step = last_step_;
    if (is_draining) summary = summary_;
  }
  uint64_t offset = bytes_read_;
  std::vector<MetricRow> rows = read_new_rows(run_directory_ / "metrics.jsonl", offset);
  // A resumed run writes again what followed its checkpoint; the log may not hold all of that yet.
  const size_t known = std::min(rows_known_, rows.size());
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(known));
  std::vector<MlflowMetric> metrics;
  for (const MetricRow& row : rows) append_metrics(row.metrics, row.step, metrics);
  append_metrics(summary, last_step, metrics);
  if (!metrics.empty()) store_->log_metrics(run_id_, metrics);
  bytes_read_ = offset;
  rows_known_ -= known;
  rows_sent_ += rows.size();
  if (!rows.empty()) write_state();
}

void MlflowTracker::read_state() {
  constexpr uint64_t kLargestState = 65536;
  const fs::path file = run_directory_ / kStateFile;
  if (!fs::exists(file)) return;
  const auto state = nlohmann::json::parse(read_file(file, kLargestState, ExitCode::checkpoint), nullptr,
                                           /*allow_exceptions=*/false);
  if (!state.is_object() || state.value("tracking_uri", "") != options_.tracking_uri) return;
  run_id_ = state.value("run_id", "");
  has_params_ = state.value("has_params", false);
  rows_known_ = rows_sent_ = state.value("rows_sent", size_t{0});
  if (run_id_.find_first_not_of("0123456789abcdef") != std::string::npos) run_id_.clear();
}

void MlflowTracker::write_state() const {
  const nlohmann::ordered_json state = {{"tracking_uri", options_.tracking_uri},
                                        {"run_id", run_id_},
                                        {"has_params", has_params_},
                                        {"rows_sent", rows_sent_}};
  write_file_atomically(run_directory_ / kStateFile, state.dump() + "\n");
}

}  // namespace retort::tracking
