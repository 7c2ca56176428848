// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// What a metrics.csv holds: the columns epoch and step, then one a metric, and rows of as many cells.
struct MetricsTable {
  std::vector<std::string> columns = {"epoch", "step"};
  std::vector<std::vector<std::string>> rows{};
};

/// The rows of a file through a step, up to one that is damaged or not finished; nothing where it does not
/// begin as ours do.
std::optional<MetricsTable> parse_metrics_table(std::string_view content, int64_t through_step);

/// metrics.csv as Lightning's CSVLogger lays it out: the columns epoch and step, then one a metric in the
/// order of first sight; a cell is empty where a row has no such figure. Numbers are the shortest text that
/// reads back to the same bits. A metric seen late rewrites the file with the wider header, atomically.
class CsvTracker : public Tracker {
 public:
  /// Goes on with a file that is there: rows after `keep_through_step` are cut away, so that after a resume
  /// each step stands once; -1 starts afresh. A damaged last line is dropped.
  CsvTracker(std::filesystem::path path, int64_t keep_through_step);

  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  void flush() override;

 private:
  void rewrite();

  std::filesystem::path path_;
  MetricsTable table_;  // the whole file: a few thousand short cells a run
  std::ofstream file_;
};

}  // namespace retort::tracking
