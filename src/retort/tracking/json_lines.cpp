// SPDX-License-Identifier: MIT
#include "retort/tracking/json_lines.h"

#include <cmath>
#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/tracking/json_text.h"

namespace retort::tracking {
namespace {

constexpr uint64_t kLargestFile = uint64_t{1} << 30;

std::string read_if_there(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return {};
  return read_file(path, kLargestFile, ExitCode::checkpoint);
}

// Calls take(row, end of its line) for each whole line until one is damaged, then gives false, or take gives
// false.
template <class Take>
bool for_each_row(std::string_view content, Take take) {
  for (size_t start = 0; start < content.size();) {
    const size_t end = content.find('\n', start);
    if (end == std::string_view::npos) return true;
    auto row = parse_metric_row(content.substr(start, end - start));
    if (!row) return false;
    if (!take(std::move(*row), end + 1)) return true;
    start = end + 1;
  }
  return true;
}

MetricLog parse_log(std::string_view content) {
  MetricLog log;
  log.is_damaged = !for_each_row(content, [&](MetricRow row, size_t) {
    log.rows.push_back(std::move(row));
    return true;
  });
  return log;
}

uint64_t bytes_through(const std::filesystem::path& path, int64_t step) {
  uint64_t bytes = 0;
  if (step < 0) return bytes;
  for_each_row(read_if_there(path), [&](const MetricRow& row, size_t end) {
    if (row.step > step) return false;
    bytes = end;
    return true;
  });
  return bytes;
}

std::optional<double> to_number(const nlohmann::ordered_json& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "NaN") return std::nan("");
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  if (value == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace

JsonLinesTracker::JsonLinesTracker(const std::filesystem::path& path, int64_t keep_through_step)
    : file_(path, bytes_through(path, keep_through_step)) {}

void JsonLinesTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  std::string line = fmt::format("{{\"epoch\":{},\"step\":{}", epoch, step);
  for (const auto& [name, value] : metrics)
    line += fmt::format(",{}:{}", json_string(name), json_number(value));
  line += "}\n";
  file_.append(line);
}

std::optional<MetricRow> parse_metric_row(std::string_view line) {
  const auto object = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  const auto step = object.find("step"), epoch = object.find("epoch");
  if (step == object.end() || !step->is_number_integer() || epoch == object.end() ||
      !epoch->is_number_integer())
    return std::nullopt;
  MetricRow row{.step = step->get<int64_t>(), .epoch = epoch->get<int64_t>(), .metrics = {}};
  for (const auto& [name, value] : object.items()) {
    if (name == "step" || name == "epoch") continue;
    const auto number = to_number(value);
    if (!number) return std::nullopt;
    row.metrics.emplace_back(name, *number);
  }
  return row;
}

MetricLog read_metric_log(const std::filesystem::path& path) { return parse_log(read_if_there(path)); }

MetricLog read_end_of_metric_log(const std::filesystem::path& path, uint64_t bytes) {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (error || size <= bytes) return read_metric_log(path);
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(size - bytes - 1));
  std::string content(bytes + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  const size_t first = content.find('\n');  // what stands before it belongs to a row that began earlier
  return first == std::string::npos ? MetricLog() : parse_log(std::string_view(content).substr(first + 1));
}

}  // namespace retort::tracking
