// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace retort::tracking {

struct RunRecord;

/// Named figures of one moment, in the order given: {"train/loss", 0.31}.
using Metrics = std::vector<std::pair<std::string, double>>;

struct Image {
  std::string name;     // "samples/0"
  std::string caption;  // one line
  int64_t width = 0, height = 0;
  std::string png;  // the file's bytes
};

/// Counts between edges, edges.size() == counts.size() + 1, and the moments of what was counted.
struct Histogram {
  std::string name;
  std::vector<double> edges;
  std::vector<int64_t> counts;
  double sum = 0, sum_of_squares = 0;
};

struct Table {
  using Cell = std::variant<double, std::string>;
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

/// A writer of what a run says of itself. All calls come from one thread, start() first, then steps that
/// never fall, finish() last. None may wait for a network. What cannot be written for want of room is kept,
/// and written when there is room again: only flush() and finish() say so, by an Error (resources).
class Tracker {
 public:
  virtual ~Tracker() = default;
  virtual void start(const RunRecord&) {}
  /// Figures that follow from configuration and seed alone. A step may be logged more than once, with other
  /// names.
  virtual void log(int64_t step, int64_t epoch, const Metrics& metrics) = 0;
  /// Whether images, histograms and tables are kept: who makes them asks first.
  virtual bool keeps_media() const { return false; }
  virtual void log_image(int64_t /*step*/, const Image&) {}
  virtual void log_histogram(int64_t /*step*/, const Histogram&) {}
  virtual void log_table(int64_t /*step*/, const Table&) {}
  /// What depends on the machine and the clock: load, memory, images a second.
  virtual void log_system(int64_t /*step*/, const Metrics&) {}
  /// A line that a person saw.
  virtual void log_console(std::string_view /*line*/, bool /*is_error*/) {}
  /// Keeps a copy of a file with the run.
  virtual void save_file(const std::filesystem::path&) {}
  /// The trained weights: kept where the options ask for it.
  virtual void save_model(const std::filesystem::path&) {}
  /// Figures of the run as a whole, beside the last of each metric.
  virtual void summarize(const Metrics&) {}
  /// What was logged so far survives a crash of the process.
  virtual void flush() {}
  /// The run is over, with this exit code. Returns what a person should be told, or nothing.
  virtual std::string finish(int /*exit_code*/) { return {}; }
};

}  // namespace retort::tracking
