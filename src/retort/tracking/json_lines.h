// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/tracking/append_file.h"
#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// metrics.jsonl: a line {"epoch":0,"step":50,"train/loss":0.31} each time something is logged. It is the
/// run's own log: reports, plots and servers that were away are fed from it.
class JsonLinesTracker : public Tracker {
 public:
  /// Goes on with a file that is there: lines from the first one after `keep_through_step` are cut away, a
  /// damaged one too; -1 starts afresh.
  JsonLinesTracker(const std::filesystem::path& path, int64_t keep_through_step);

  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  void flush() override { file_.flush(); }

 private:
  AppendFile file_;
};

/// One line of metrics.jsonl.
struct MetricRow {
  int64_t step = 0, epoch = 0;
  Metrics metrics;
};

/// Nothing where the text is no such line.
std::optional<MetricRow> parse_metric_row(std::string_view line);

/// What a file holds, up to the first line that is damaged or not finished.
struct MetricLog {
  std::vector<MetricRow> rows{};
  bool is_damaged = false;  // a whole line is none of ours; one that is not finished was cut off by a kill
};
/// Empty where there is no file.
MetricLog read_metric_log(const std::filesystem::path& path);
/// The rows that begin in the last `bytes` of a file: what a long run said last, without reading it all.
MetricLog read_end_of_metric_log(const std::filesystem::path& path, uint64_t bytes);

}  // namespace retort::tracking
