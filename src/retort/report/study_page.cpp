// SPDX-License-Identifier: MIT
#include "retort/report/study_page.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/report/figures.h"
#include "retort/report/html.h"
#include "retort/report/page.h"
#include "retort/report/sections.h"

namespace retort::report {
namespace {

namespace fs = std::filesystem;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

// "98.45", and over several seeds the deviation below it.
std::string mean_cell(const std::vector<double>& values, double scale, int digits) {
  if (values.empty()) return "<td class=\"n\"></td>";
  const std::string deviation =
      values.size() < 2 ? "" : fmt::format("<small>± {:.{}f}</small>", scale * deviation_of(values), digits);
  return fmt::format("<td class=\"n\">{:.{}f}{}</td>", scale * mean_of(values), digits, deviation);
}

std::string seeds_text(const StudyRecord& record) {
  return record.seeds.size() == 1 ? "one seed" : fmt::format("{} seeds", record.seeds.size());
}

std::string headline(const Study& study) {
  const StudyRecord& record = study.record;
  const std::string where = study.runs.empty() ? "" : "; " + escaped(subtitle_of(study.runs.front()));
  std::string html =
      fmt::format("<h1>Does distillation help?</h1><p class=\"soft\">Of the last epoch on {}, {}{}</p>",
                  record.is_of_test_set ? "the test set" : "pictures held out of the training set",
                  seeds_text(record), where);
  for (const std::string& verdict : record.verdicts)
    html += fmt::format("<p class=\"verdict\">{}</p>", escaped(verdict));
  for (const std::string& line : record.class_bias) html += fmt::format("<p>{}</p>", escaped(line));
  return html + damage_notes(study.runs);
}

int color_at(const Study& study, size_t arm) {
  for (const Run& run : study.runs)
    if (run.group == study.record.arms[arm].name) return run.color;
  return static_cast<int>(arm % 8);
}

std::string arms_section(const Study& study) {
  std::string html = "<h2>Outcome</h2><div class=\"scroll\"><table><tr><th></th><th>network</th>";
  for (const char* column : {"accuracy, %", "errors", "loss", "ECE, %", "agreement with the teacher, %"})
    html += fmt::format("<th class=\"n\">{}</th>", column);
  html += "</tr>";
  for (const StudyArm& arm : study.record.arms)
    html += fmt::format("<tr><th>{}</th><td>{}</td>{}{}{}{}{}</tr>", escaped(arm.name), escaped(arm.network),
                        mean_cell(arm.accuracies, 100, 2), mean_cell(arm.errors, 1, 0),
                        mean_cell(arm.losses, 1, 4), mean_cell(arm.calibration_errors, 100, 1),
                        mean_cell(arm.agreements, 100, 1));
  html += "</table></div>";
  if (study.record.seeds.size() > 1)
    html += "<p class=\"soft\">Means over the seeds, and their deviations.</p>";
  return html;
}

// A dot a training, on the line from the worst to the best of its arm.
std::string accuracies_figure(const Study& study) {
  double low = 1, high = 0;
  for (const StudyArm& arm : study.record.arms)
    for (const double accuracy : arm.accuracies) {
      low = std::min(low, accuracy);
      high = std::max(high, accuracy);
    }
  const double room = std::max((high - low) / 20, 1e-4);
  low = std::max(0.0, low - room);
  high = std::min(1.0, high + room);
  const auto place = [&](double accuracy) { return 100 * (accuracy - low) / (high - low); };
  std::string rows;
  for (size_t i = 0; i < study.record.arms.size(); ++i) {
    const StudyArm& arm = study.record.arms[i];
    const auto [worst, best] = std::minmax_element(arm.accuracies.begin(), arm.accuracies.end());
    const int color = color_at(study, i);
    rows += fmt::format(
        "<span>{}</span><span class=\"range\"><i class=\"s{}\" style=\"left:{:.1f}%;width:{:.1f}%\"></i>",
        escaped(arm.name), color, place(*worst), place(*best) - place(*worst));
    for (const double accuracy : arm.accuracies)
      rows += fmt::format("<u class=\"s{}\" style=\"left:{:.1f}%\" title=\"{:.2f} %\"></u>", color,
                          place(accuracy), 100 * accuracy);
    rows += fmt::format("</span><b>{:.2f} %</b>", 100 * mean_of(arm.accuracies));
  }
  return fmt::format(
      "<figure><figcaption>Accuracy of each training</figcaption><div class=\"bars\">{}<span></span>"
      "<span class=\"ends\"><span>{:.2f} %</span><span>{:.2f} %</span></span><b></b></div></figure>",
      rows, 100 * low, 100 * high);
}

// Rows are seeds: what the test of pairs compares stands side by side.
std::string seeds_table(const StudyRecord& record) {
  std::string html = "<h3>Accuracy by seed, %</h3><div class=\"scroll\"><table><tr><th>seed</th>";
  const auto is_by_seed = [&](const StudyArm& arm) { return arm.accuracies.size() == record.seeds.size(); };
  for (const StudyArm& arm : record.arms)
    if (is_by_seed(arm)) html += fmt::format("<th class=\"n\">{}</th>", escaped(arm.name));
  html += "</tr>";
  for (size_t i = 0; i < record.seeds.size(); ++i) {
    html += fmt::format("<tr><th>{}</th>", record.seeds[i]);
    for (const StudyArm& arm : record.arms)
      if (is_by_seed(arm)) html += fmt::format("<td class=\"n\">{:.2f}</td>", 100 * arm.accuracies[i]);
    html += "</tr>";
  }
  return html + "</table></div>";
}

// What is too much to be shown of every seed.
std::vector<Run> first_of_each_group(const std::vector<Run>& runs) {
  std::vector<Run> firsts;
  for (const Run& run : runs)
    if (firsts.empty() || firsts.back().group != run.group) firsts.push_back(run);
  return firsts;
}

}  // namespace

std::optional<Study> read_study(const fs::path& folder) {
  constexpr uint64_t kLargestRecord = uint64_t{1} << 26;
  const fs::path file = folder / "results.json";
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored) || fs::exists(folder / "run.json", ignored)) return std::nullopt;
  auto record = parse_study_record(read_file(file, kLargestRecord, ExitCode::data));
  if (!record) return std::nullopt;
  Study study{.record = std::move(*record), .runs = {}};
  for (const StudyArm& arm : study.record.arms)
    for (size_t i = 0; i < arm.folders.size(); ++i) {
      const fs::path training = (folder / arm.folders[i]).lexically_normal();
      if (!fs::is_regular_file(training / "run.json", ignored)) continue;  // deleted since
      Run run = read_run(training);
      run.group = arm.name;
      run.name = arm.folders.size() == study.record.seeds.size()
                     ? fmt::format("{}, seed {}", arm.name, study.record.seeds[i])
                     : fmt::format("{} {}", arm.name, i + 1);
      study.runs.push_back(std::move(run));
    }
  color_runs(study.runs);
  return study;
}

std::string study_page(const Study& study) {
  std::string body = headline(study) + arms_section(study);
  if (study.record.seeds.size() > 1) body += accuracies_figure(study) + seeds_table(study.record);
  if (!study.runs.empty()) {
    const std::vector<Run> firsts = first_of_each_group(study.runs);
    body += curves_section(study.runs) + predictions_section(firsts) + samples_section(firsts) +
            networks_section(firsts) + configuration_section(firsts);
  }
  return page("retort: does distillation help?", body + footer());
}

}  // namespace retort::report
