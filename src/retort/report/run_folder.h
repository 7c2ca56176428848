// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "retort/tracking/evaluation_record.h"
#include "retort/tracking/json_lines.h"
#include "retort/tracking/rate_curve.h"
#include "retort/tracking/run_record.h"

namespace retort::report {

/// What a run left, as far as it got.
struct Run {
  std::filesystem::path folder;
  std::string name;  // for people: "student distilled (resnet18)", told from others beside it
  std::string
      group;      // what its curves are drawn as, together with those of the same group: other seeds of it
  int color = 0;  // of the page's palette
  tracking::RunRecord record;
  std::vector<tracking::MetricRow> rows;                // of metrics.jsonl
  bool is_log_damaged = false;                          // rows may be missing behind the last
  std::vector<std::pair<std::string, double>> results;  // of results.json; empty while it is not done
  std::optional<tracking::EvaluationRecord> evaluation;
  std::optional<tracking::RateCurve> rate_curve;  // of learning_rate_finder.csv

  /// The number of that name in results, or else the last one logged.
  std::optional<double> figure(const std::string& metric) const;
};

enum class RowsWanted { all, last };  // last: some hundreds, enough to say how far a run has got

/// Reads a run's folder. An Error (data) where it is none, or where a file of it is damaged.
Run read_run(const std::filesystem::path& folder, RowsWanted rows = RowsWanted::all);

/// Runs in these folders, each a run's own or one that holds runs at most five folders deep, in the order of
/// their paths. An Error (data) where there is none. A study's or a sweep's folder holds several.
std::vector<Run> read_runs(const std::vector<std::filesystem::path>& folders);

/// Gives the groups of runs that stand side by side their colors: the first of a role that of the role.
void color_runs(std::vector<Run>& runs);

/// The folders of runs below a folder, the newest start first.
std::vector<std::filesystem::path> find_runs(const std::filesystem::path& folder);

/// The metrics of the runs, in the order of first sight.
std::vector<std::string> metric_names(const std::vector<Run>& runs);

/// One metric of a run over its steps.
std::vector<std::pair<double, double>> points_of(const Run& run, const std::string& metric);

}  // namespace retort::report
