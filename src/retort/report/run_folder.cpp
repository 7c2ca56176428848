// SPDX-License-Identifier: MIT
#include "retort/report/run_folder.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::report {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestFile = uint64_t{1} << 26;
constexpr int kDeepestRun = 5;

std::string read(const fs::path& file) { return read_file(file, kLargestFile, ExitCode::data); }

Error damaged(const fs::path& file) {
  return Error(ExitCode::data,
               fmt::format("{} is damaged, or was written by another program", printable(file.string())));
}

std::vector<std::pair<std::string, double>> read_results(const fs::path& file) {
  std::vector<std::pair<std::string, double>> results;
  const auto json = nlohmann::ordered_json::parse(read(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw damaged(file);
  for (const auto& [name, value] : json.items())
    if (value.is_number()) results.emplace_back(name, value.get<double>());
  return results;
}

void collect(const fs::path& folder, int depth, std::vector<fs::path>& found) {
  std::error_code ignored;
  if (fs::is_regular_file(folder / "run.json", ignored)) found.push_back(folder);
  if (depth == 0) return;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored) && !name.starts_with('.') &&
        name != "checkpoints" && name != "wandb")
      collect(entry.path(), depth - 1, found);
  }
}

std::string role_name(const std::string& role) {
  return role == "student" ? "student alone" : role == "distill" ? "student distilled" : role;
}

// What tells runs of one name apart: the last parts of their folders.
void label_runs(std::vector<Run>& runs) {
  for (Run& run : runs) {
    const auto same = std::count_if(runs.begin(), runs.end(), [&](const Run& other) {
      return role_name(other.record.role) == role_name(run.record.role) &&
             other.record.network == run.record.network;
    });
    run.name = fmt::format("{} ({})", role_name(run.record.role), run.record.network);
    const fs::path folder = fs::absolute(run.folder).lexically_normal();
    if (same > 1) run.name += " " + (folder.parent_path().filename() / folder.filename()).string();
    run.group = run.name;
  }
}

}  // namespace

std::optional<double> Run::figure(const std::string& metric) const {
  for (const auto& [key, value] : results)
    if (key == metric) return value;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    for (const auto& [key, value] : row->metrics)
      if (key == metric) return value;
  return std::nullopt;
}

Run read_run(const fs::path& folder, RowsWanted rows) {
  constexpr uint64_t kLastBytes = 1 << 17;
  const fs::path file = folder / "run.json";
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored))
    throw Error(ExitCode::data,
                fmt::format("{} is no run's folder: it has no run.json", printable(folder.string())));
  auto record = tracking::parse_run_record(read(file));
  if (!record) throw damaged(file);
  tracking::MetricLog log = rows == RowsWanted::all
                                ? tracking::read_metric_log(folder / "metrics.jsonl")
                                : tracking::read_end_of_metric_log(folder / "metrics.jsonl", kLastBytes);
  Run run{.folder = folder,
          .name = {},
          .group = {},
          .record = std::move(*record),
          .rows = std::move(log.rows),
          .is_log_damaged = log.is_damaged,
          .results = {},
          .evaluation = {},
          .rate_curve = {}};
  if (fs::exists(folder / "results.json")) run.results = read_results(folder / "results.json");
  if (fs::exists(folder / "evaluation.json")) {
    run.evaluation = tracking::parse_evaluation_record(read(folder / "evaluation.json"));
    if (!run.evaluation) throw damaged(folder / "evaluation.json");
  }
  if (fs::exists(folder / "learning_rate_finder.csv")) {
    run.rate_curve = tracking::parse_rate_curve(read(folder / "learning_rate_finder.csv"));
    if (!run.rate_curve) throw damaged(folder / "learning_rate_finder.csv");
  }
  run.name = run.group = fmt::format("{} ({})", role_name(run.record.role), run.record.network);
  return run;
}

std::vector<fs::path> find_runs(const fs::path& folder) {
  std::vector<fs::path> found;
  collect(folder, kDeepestRun, found);
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

std::vector<Run> read_runs(const std::vector<fs::path>& folders) {
  std::vector<Run> runs;
  for (const fs::path& folder : folders) {
    std::vector<fs::path> found = find_runs(folder);
    std::reverse(found.begin(), found.end());
    if (found.empty()) read_run(folder);  // says what is missing
    for (const fs::path& each : found) runs.push_back(read_run(each));
  }
  // A teacher first, its students after it.
  const auto rank = [](const Run& run) {
    return run.record.role == "teacher" ? 0 : run.record.role == "student" ? 1 : 2;
  };
  std::stable_sort(runs.begin(), runs.end(), [&](const Run& a, const Run& b) { return rank(a) < rank(b); });
  label_runs(runs);
  color_runs(runs);
  return runs;
}

void color_runs(std::vector<Run>& runs) {
  constexpr int kPalette = 8;
  std::map<std::string, int> colors;  // of groups
  std::set<int> taken;
  for (Run& run : runs) {
    if (!colors.contains(run.group)) {
      int color = run.record.role == "distill" ? 0 : run.record.role == "teacher" ? 1 : 2;
      // Others of a role take what no role wants, then what is left.
      for (int next = 3; taken.contains(color) && next < 3 + kPalette; ++next) color = next % kPalette;
      taken.insert(color);
      colors.emplace(run.group, color);
    }
    run.color = colors.at(run.group);
  }
}

std::vector<std::string> metric_names(const std::vector<Run>& runs) {
  std::vector<std::string> names;
  for (const Run& run : runs)
    for (const tracking::MetricRow& row : run.rows)
      for (const auto& [name, value] : row.metrics)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

std::vector<std::pair<double, double>> points_of(const Run& run, const std::string& metric) {
  std::vector<std::pair<double, double>> points;
  for (const tracking::MetricRow& row : run.rows)
    for (const auto& [name, value] : row.metrics)
      if (name == metric) points.emplace_back(static_cast<double>(row.step), value);
  // The row of an epoch says again what its last step said of the learning rate.
  const auto last = std::unique(points.begin(), points.end());
  points.erase(last, points.end());
  return points;
}

}  // namespace retort::report
