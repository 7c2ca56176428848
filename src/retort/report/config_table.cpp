// SPDX-License-Identifier: MIT
#include "retort/report/config_table.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "retort/tracking/json_text.h"

namespace retort::report {
namespace {

std::string text_of(const nlohmann::ordered_json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::vector<ConfigRow> config_rows(const std::vector<Run>& runs) {
  std::vector<ConfigRow> rows;
  for (size_t i = 0; i < runs.size(); ++i)
    for (const auto& [key, value] : tracking::leaves(runs[i].record.config)) {
      auto row =
          std::find_if(rows.begin(), rows.end(), [&key = key](const ConfigRow& r) { return r.key == key; });
      if (row == rows.end()) {
        rows.push_back({.key = key, .values = std::vector<std::string>(runs.size())});
        row = rows.end() - 1;
      }
      row->values[i] = text_of(value);
    }
  for (ConfigRow& row : rows)
    row.differs = std::any_of(row.values.begin(), row.values.end(),
                              [&](const std::string& value) { return value != row.values.front(); });
  return rows;
}

std::vector<ConfigRow> rows_off_default(const Run& run) {
  std::vector<ConfigRow> rows;
  const auto values = tracking::leaves(run.record.config);
  for (const auto& [key, value] : values)
    if (const auto given = run.record.defaults.find(key); given != run.record.defaults.end())
      rows.push_back(
          {.key = key, .values = {text_of(value), given->is_null() ? "" : text_of(*given)}, .differs = true});
  return rows;
}

}  // namespace retort::report
