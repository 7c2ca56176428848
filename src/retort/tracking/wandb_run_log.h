// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "retort/tracking/append_file.h"
#include "retort/tracking/wandb_records.h"

namespace retort::tracking {

/// The log of a W&B run while it is written: records are numbered as they come, and each step is one row of
/// history. The last row is in the log from its first figure on; when more of its step comes, settle() writes
/// it anew in its place, and the records behind it again.
class WandbRunLog {
 public:
  /// A new log. `started_at` of the run is in seconds since 1970.
  WandbRunLog(const std::filesystem::path& file, double started_at);
  /// Goes on with a log, of which everything after `keep_through_step` is cut off; nothing where it is not
  /// that of a run.
  static std::unique_ptr<WandbRunLog> go_on(const std::filesystem::path& file, int64_t keep_through_step,
                                            double started_at);

  /// Appends the record that `make` gives for a number.
  void append(const std::function<std::string(int64_t number)>& make);
  /// Puts values, as JSON, into the row of a step. A row that is new is written at once.
  void put(int64_t step, const JsonItems& items);
  void settle();
  void flush();

  /// The last value of each key, as JSON, and all numbers of each in their order.
  const std::map<std::string, std::string>& summary() const { return summary_; }
  const std::map<std::string, std::vector<double>>& histories() const { return histories_; }

 private:
  struct Row {
    int64_t step = 0;
    int64_t number = 0;
    uint64_t begin = 0;     // where it stands in the log
    bool is_dirty = false;  // the log holds an earlier state of it, or none
    JsonItems items{};
    std::vector<std::string> after{};  // the records behind it
  };

  WandbRunLog(const std::filesystem::path& file, uint64_t keep_bytes, double started_at);
  void write(const std::string& record);
  void remember(const JsonItems& items);

  AppendFile file_;
  double started_at_;
  int64_t number_ = 0;          // of the last record
  std::unique_ptr<Row> row_{};  // the last one
  std::map<std::string, std::string> summary_{};
  std::map<std::string, std::vector<double>> histories_{};
};

}  // namespace retort::tracking
