// SPDX-License-Identifier: MIT
#include "retort/tracking/csv.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::tracking {
namespace {

constexpr size_t kStepColumn = 1;

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> cells;
  for (size_t start = 0;;) {
    const size_t comma = line.find(',', start);
    cells.emplace_back(line.substr(start, comma - start));
    if (comma == std::string_view::npos) return cells;
    start = comma + 1;
  }
}

std::string to_line(const std::vector<std::string>& cells, size_t width) {
  std::string line = join(cells, ",");
  line.append(width - cells.size(), ',');
  return line + "\n";
}

}  // namespace

std::optional<MetricsTable> parse_metrics_table(std::string_view content, int64_t through_step) {
  MetricsTable table;
  bool is_header = true;
  for (size_t start = 0; start < content.size();) {
    const size_t end = content.find('\n', start);
    if (end == std::string_view::npos) break;
    auto cells = split(content.substr(start, end - start));
    start = end + 1;
    if (is_header) {
      if (cells.size() < table.columns.size() ||
          !std::equal(table.columns.begin(), table.columns.end(), cells.begin()))
        return std::nullopt;
      table.columns = std::move(cells);
      is_header = false;
      continue;
    }
    int64_t step = 0;
    if (cells.size() != table.columns.size()) break;
    const std::string& text = cells[kStepColumn];
    if (std::from_chars(text.data(), text.data() + text.size(), step).ec != std::errc()) break;
    if (step <= through_step) table.rows.push_back(std::move(cells));
  }
  return table;
}

CsvTracker::CsvTracker(std::filesystem::path path, int64_t keep_through_step) : path_(std::move(path)) {
  constexpr uint64_t kLargestFile = uint64_t{1} << 30;
  if (keep_through_step >= 0 && std::filesystem::exists(path_)) {
    auto table = parse_metrics_table(read_file(path_, kLargestFile, ExitCode::checkpoint), keep_through_step);
    if (!table)
      throw Error(ExitCode::checkpoint,
                  fmt::format("{} is no metrics.csv of ours: it must begin with 'epoch,step'",
                              printable(path_.string())));
    table_ = std::move(*table);
  }
  rewrite();
}

void CsvTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  const size_t known_columns = table_.columns.size();
  std::vector<std::string> row(known_columns);
  row[0] = fmt::format("{}", epoch);
  row[kStepColumn] = fmt::format("{}", step);
  for (const auto& [name, value] : metrics) {
    const auto column = std::find(table_.columns.begin(), table_.columns.end(), name);
    const auto index = static_cast<size_t>(column - table_.columns.begin());
    if (column == table_.columns.end()) {
      table_.columns.push_back(name);
      row.emplace_back();
    }
    row[index] = fmt::format("{}", value);
  }
  table_.rows.push_back(std::move(row));
  if (table_.columns.size() == known_columns) {
    file_ << to_line(table_.rows.back(), table_.columns.size());
    return;
  }
  try {
    rewrite();
  } catch (const Error&) {
    file_.setstate(std::ios::failbit);  // the next flush tries again, and says it
  }
}

void CsvTracker::flush() {
  // What a full disk swallowed is still in table_.rows: the next flush that finds room writes all of it.
  if (!file_.flush()) rewrite();
}

void CsvTracker::rewrite() {
  std::string content = to_line(table_.columns, table_.columns.size());
  for (const auto& row : table_.rows) content += to_line(row, table_.columns.size());
  file_.close();
  file_.clear();
  write_file_atomically(path_, content);
  file_.open(path_, std::ios::app);
  if (!file_)
    throw Error(ExitCode::resources,
                fmt::format("cannot write the metrics to {}", printable(path_.string())));
}

}  // namespace retort::tracking
