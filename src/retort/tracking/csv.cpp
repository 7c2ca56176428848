// SPDX-License-Identifier: MIT
#include "retort/tracking/csv.h"

#include <algorithm>
#include <charconv>
#include <string_view>

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

CsvTracker::CsvTracker(std::filesystem::path path, int64_t keep_through_step) : path_(std::move(path)) {
  constexpr uint64_t kLargestFile = uint64_t{1} << 30;
  if (keep_through_step >= 0 && std::filesystem::exists(path_)) {
    const std::string content = read_file(path_, kLargestFile, ExitCode::checkpoint);
    bool is_header = true;
    for (size_t start = 0; start < content.size();) {
      const size_t end = content.find('\n', start);
      if (end == std::string::npos) break;
      auto cells = split(std::string_view(content).substr(start, end - start));
      start = end + 1;
      if (is_header) {
        if (cells.size() < columns_.size() || !std::equal(columns_.begin(), columns_.end(), cells.begin()))
          throw Error(ExitCode::checkpoint,
                      fmt::format("{} is no metrics.csv of ours: it must begin with 'epoch,step'",
                                  printable(path_.string())));
        columns_ = std::move(cells);
        is_header = false;
        continue;
      }
      int64_t step = 0;
      if (cells.size() != columns_.size()) break;
      const std::string& text = cells[kStepColumn];
      if (std::from_chars(text.data(), text.data() + text.size(), step).ec != std::errc()) break;
      if (step <= keep_through_step) rows_.push_back(std::move(cells));
    }
  }
  rewrite();
}

void CsvTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  const size_t known_columns = columns_.size();
  std::vector<std::string> row(known_columns);
  row[0] = fmt::format("{}", epoch);
  row[kStepColumn] = fmt::format("{}", step);
  for (const auto& [name, value] : metrics) {
    const auto column = std::find(columns_.begin(), columns_.end(), name);
    const auto index = static_cast<size_t>(column - columns_.begin());
    if (column == columns_.end()) {
      columns_.push_back(name);
      row.emplace_back();
    }
    row[index] = fmt::format("{}", value);
  }
  rows_.push_back(std::move(row));
  if (columns_.size() == known_columns) {
    file_ << to_line(rows_.back(), columns_.size());
    return;
  }
  try {
    rewrite();
  } catch (const Error&) {
    file_.setstate(std::ios::failbit);  // the next flush tries again, and says it
  }
}

void CsvTracker::flush() {
  // What a full disk swallowed is still in rows_: the next flush that finds room writes all of it.
  if (!file_.flush()) rewrite();
}

void CsvTracker::rewrite() {
  std::string content = to_line(columns_, columns_.size());
  for (const auto& row : rows_) content += to_line(row, columns_.size());
  file_.close();
  file_.clear();
  write_file_atomically(path_, content);
  file_.open(path_, std::ios::app);
  if (!file_)
    throw Error(ExitCode::resources,
                fmt::format("cannot write the metrics to {}", printable(path_.string())));
}

}  // namespace retort::tracking
