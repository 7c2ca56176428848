// SPDX-License-Identifier: MIT
#include "retort/report/listing.h"

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

}  // namespace

std::string list_runs(const std::vector<Run>& runs, bool is_unicode) {
  std::vector<std::vector<std::string>> rows = {
      {"run", "begun", "role", "network", "epochs", "val", "test", "state"}};
  for (const Run& run : runs)
    rows.push_back({printable(run.folder.string()), local_time(run.record.started_at),
                    printable(run.record.role), printable(run.record.network),
                    run.rows.empty() ? "0" : fmt::format("{}", run.rows.back().epoch + 1),
                    percent_or_blank(run.figure("val/accuracy_top1")),
                    percent_or_blank(run.figure("test/accuracy_top1")), state_of(run)});
  return text_table(rows, {4, 5, 6}, is_unicode);
}

std::string diff_runs(const Run& a, const Run& b, bool is_unicode) {
  const std::string left = printable(a.folder.string()), right = printable(b.folder.string());
  std::vector<std::vector<std::string>> keys = {{"configuration", left, right}};
  for (const ConfigRow& row : config_rows({a, b}))
    if (row.differs)
      keys.push_back({printable(row.key), printable(row.values[0], 40), printable(row.values[1], 40)});
  std::string text =
      keys.size() > 1 ? text_table(keys, {}, is_unicode) : "The configurations are the same.\n";

  std::vector<std::vector<std::string>> outcomes = {{"outcome", left, right, "difference"}};
  const auto figures_a = outcomes_of(a), figures_b = outcomes_of(b);
  for (size_t i = 0; i < figures_a.size(); ++i) {
    if (figures_a[i].value == figures_b[i].value) continue;
    std::string difference;
    if (figures_a[i].value && figures_b[i].value)
      difference = fmt::format("{:+.4g}", *figures_b[i].value - *figures_a[i].value);
    outcomes.push_back({figures_a[i].name, figures_a[i].text, figures_b[i].text, difference});
  }
  return text + "\n" +
         (outcomes.size() > 1 ? text_table(outcomes, {1, 2, 3}, is_unicode) : "The outcomes are the same.\n");
}

}  // namespace retort::report
