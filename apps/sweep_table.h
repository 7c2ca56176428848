// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retort::apps {

/// One job of a sweep as its table shows it.
struct SweepRow {
  int number = 0;
  std::vector<std::string> values;                      // of the swept keys
  std::string state;                                    // "done", "failed (5)", ...
  std::vector<std::pair<std::string, double>> metrics;  // of results.json, in its order
};

struct SweepTable {
  std::vector<std::string> keys;  // the swept ones
  std::vector<SweepRow> rows;
  std::string metric;  // the one that is optimised
  bool is_maximized = true;

  /// The row with the best finite value of the metric; none where no row has one.
  std::optional<size_t> best() const;
  /// Columns for a person: number, swept values, state, metrics; the best row is marked.
  std::string to_text(bool is_unicode) const;
  /// The same as CSV, every metric at full precision.
  std::string to_csv() const;
};

/// The numbers of a results.json, in order; those of an inner object are named "outer/inner". Nothing where
/// the file is absent or not such a file.
std::vector<std::pair<std::string, double>> read_results(const std::filesystem::path& file);

}  // namespace retort::apps
