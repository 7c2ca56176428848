// SPDX-License-Identifier: MIT
#include "apps/sweep_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"

namespace retort::apps {
namespace {

using Cells = std::vector<std::string>;

std::vector<std::string> metric_names(const SweepTable& table) {
  std::vector<std::string> names;
  for (const SweepRow& row : table.rows)
    for (const auto& [name, value] : row.metrics)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

std::optional<double> find_metric(const SweepRow& row, const std::string& name) {
  const auto found = std::find_if(row.metrics.begin(), row.metrics.end(),
                                  [&](const auto& metric) { return metric.first == name; });
  if (found == row.metrics.end()) return std::nullopt;
  return found->second;
}

// Header and rows, numbers written by `format`.
std::vector<Cells> cells(const SweepTable& table, fmt::format_string<double&> format) {
  const std::vector<std::string> names = metric_names(table);
  std::vector<Cells> lines(1);
  lines[0] = {"job"};
  for (const std::string& key : table.keys) lines[0].push_back(key);
  lines[0].push_back("state");
  for (const std::string& name : names) lines[0].push_back(name);
  for (const SweepRow& row : table.rows) {
    Cells line = {std::to_string(row.number)};
    line.insert(line.end(), row.values.begin(), row.values.end());
    line.push_back(row.state);
    for (const std::string& name : names) {
      std::optional<double> value = find_metric(row, name);
      line.push_back(value.has_value() ? fmt::format(format, *value) : "");
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void append_numbers(const nlohmann::ordered_json& object, const std::string& prefix,
                    std::vector<std::pair<std::string, double>>& numbers) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_number()) numbers.emplace_back(prefix + name, value.get<double>());
    if (value.is_object() && prefix.empty()) append_numbers(value, name + "/", numbers);
  }
}

}  // namespace

std::optional<size_t> SweepTable::best() const {
  std::optional<size_t> best_row;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::optional<double> value = find_metric(rows[i], metric);
    if (!value.has_value() || !std::isfinite(*value)) continue;
    const std::optional<double> best_value = best_row ? find_metric(rows[*best_row], metric) : std::nullopt;
    if (!best_value.has_value() || (is_maximized ? *value > *best_value : *value < *best_value)) best_row = i;
  }
  return best_row;
}

std::string SweepTable::to_text(bool is_unicode) const {
  constexpr size_t kWidestCell = 40;
  std::vector<Cells> lines = cells(*this, "{:.6g}");
  const std::optional<size_t> best_row = best();
  for (size_t i = 0; i < lines.size(); ++i) {
    for (std::string& cell : lines[i]) cell = printable(cell, kWidestCell);
    lines[i].insert(lines[i].begin(), best_row && i == *best_row + 1 ? "*" : "");
  }
  std::vector<size_t> right(lines[0].size() - 1);
  std::iota(right.begin(), right.end(), size_t{1});
  return text_table(lines, {.right = right, .is_unicode = is_unicode, .gap = 1});
}

std::string SweepTable::to_csv() const {
  std::string text;
  for (const Cells& line : cells(*this, "{}")) {
    for (size_t i = 0; i < line.size(); ++i) text += (i > 0 ? "," : "") + csv_cell(line[i]);
    text += '\n';
  }
  return text;
}

std::vector<std::pair<std::string, double>> read_results(const std::filesystem::path& file) {
  constexpr uint64_t kMaxBytes = 1 << 20;
  std::vector<std::pair<std::string, double>> numbers;
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return numbers;
  const auto object = nlohmann::ordered_json::parse(read_file(file, kMaxBytes, ExitCode::data), nullptr,
                                                    /*allow_exceptions=*/false);
  if (object.is_object()) append_numbers(object, "", numbers);
  return numbers;
}

}  // namespace retort::apps
