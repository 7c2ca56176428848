// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/tracking/append_file.h"
#include "retort/tracking/tracker.h"
#include "retort/tracking/wandb_options.h"
#include "retort/tracking/wandb_records.h"

namespace retort::tracking {

/// A W&B run as `wandb sync` uploads it: wandb/offline-run-DATE_TIME-ID/ with the transaction log and files/.
/// `_step` is the global step; a step is one row of history, also through a resume.
class WandbTracker : public Tracker {
 public:
  WandbTracker(WandbOptions options, std::filesystem::path run_directory, int64_t keep_through_step);
  ~WandbTracker() override;

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  bool keeps_media() const override { return true; }
  void log_image(int64_t step, const Image& image) override;
  void log_histogram(int64_t step, const Histogram& histogram) override;
  void log_table(int64_t step, const Table& table) override;
  void log_system(int64_t step, const Metrics& metrics) override;
  void log_console(std::string_view line, bool is_error) override;
  void save_file(const std::filesystem::path& path) override;
  void summarize(const Metrics& metrics) override;
  void flush() override;
  std::string finish(int exit_code) override;

 private:
  struct Row;

  std::optional<std::filesystem::path> earlier_folder() const;
  void begin(const RunRecord& run);
  bool go_on(const std::filesystem::path& folder);
  void remember(const JsonItems& items);
  void append(std::string record);
  Row& row_of(int64_t step);
  void write_row();
  void put_in_row(int64_t step, const std::string& key, std::string json);
  /// Writes a file below files/ and says so in the log.
  void add_file(const std::string& path, std::string_view content, bool is_media);
  void write_summary();

  WandbOptions options_;
  std::filesystem::path run_directory_;
  int64_t keep_through_step_;
  std::filesystem::path folder_;
  std::unique_ptr<AppendFile> log_;
  std::unique_ptr<Row> row_;  // the last one
  int64_t number_ = 0;        // of the last record
  double started_at_ = 0;
  std::map<std::string, std::string> summary_;            // JSON by key
  std::map<std::string, std::vector<double>> histories_;  // for the closing words
};

}  // namespace retort::tracking
