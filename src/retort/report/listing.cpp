// SPDX-License-Identifier: MIT
#include "retort/report/listing.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/core/text_table.h"
#include "retort/report/config_table.h"
#include "retort/report/figures.h"

namespace retort::report {
namespace {

std::string percent_or_blank(const std::optional<double>& share) {
  return share ? fmt::format("{:.2f} %", 100 * *share) : "";
}

std::string state_of(const Run& run) {
  if (!run.results.empty()) return "done";
  return run.rows.empty() ? "begun" : fmt::format("step {}", run.rows.back().step);
}

std::string epochs_of(const Run& run) {
  return run.rows.empty() ? "0" : fmt::format("{}", std::min(run.rows.back().epoch, INT64_MAX - 1) + 1);
}

// What is left for each of two cells beside others of a table.
size_t cell_width(size_t paper_width, size_t others) {
  constexpr size_t kLeast = 12, kMost = 40, kGaps = 4;
  if (paper_width < others + kGaps + 2 * kLeast) return kLeast;
  return std::min((paper_width - others - kGaps) / 2, kMost);
}

// Folders are told apart by their ends.
std::string end_of(const std::string& path, size_t most) {
  if (path.size() <= most) return printable(path);
  return "..." + printable(path.substr(path.size() - (most - 3)));
}

}  // namespace

std::string list_runs(const std::vector<Run>& runs, const Paper& paper) {
  std::vector<std::vector<std::string>> rows = {
      {"run", "begun", "role", "network", "epochs", "val", "test", "state"}};
  for (const Run& run : runs)
    rows.push_back({printable(run.folder.string()), local_time(run.record.started_at),
                    printable(run.record.role), printable(run.record.network), epochs_of(run),
                    percent_or_blank(run.figure("val/accuracy_top1")),
                    percent_or_blank(run.figure("test/accuracy_top1")), state_of(run)});
  return text_table(rows, {.right = {4, 5, 6},
                           .is_unicode = paper.is_unicode,
                           .width = paper.width,
                           .dispensable = {1, 2, 4, 5}});
}

std::string diff_runs(const Run& a, const Run& b, const Paper& paper) {
  std::vector<std::vector<std::string>> keys = {{"configuration", "", ""}};
  for (const ConfigRow& row : config_rows({a, b}))
    if (row.differs) keys.push_back({printable(row.key), row.values[0], row.values[1]});
  std::vector<std::vector<std::string>> outcomes = {{"outcome", "", "", "difference"}};
  const auto figures_a = outcomes_of(a), figures_b = outcomes_of(b);
  for (size_t i = 0; i < figures_a.size(); ++i) {
    if (figures_a[i].value == figures_b[i].value) continue;
    outcomes.push_back({figures_a[i].name, figures_a[i].text, figures_b[i].text,
                        difference_text(figures_a[i], figures_b[i])});
  }
  const auto fit = [&](std::vector<std::vector<std::string>>& table, size_t beside) {
    size_t names = 0;
    for (const auto& row : table) names = std::max(names, row[0].size());
    const size_t room = cell_width(paper.width, names + beside);
    for (auto& row : table)
      for (const size_t i : {1, 2}) row[i] = printable(row[i], room);
    table[0][1] = end_of(a.folder.string(), room);
    table[0][2] = end_of(b.folder.string(), room);
  };
  fit(keys, /*beside=*/0);
  fit(outcomes, /*beside=*/std::string_view("  difference").size());
  return (keys.size() > 1 ? text_table(keys, {.is_unicode = paper.is_unicode})
                          : "The configurations are the same.\n") +
         "\n" +
         (outcomes.size() > 1 ? text_table(outcomes, {.right = {1, 2, 3}, .is_unicode = paper.is_unicode})
                              : "The outcomes are the same.\n");
}

}  // namespace retort::report
