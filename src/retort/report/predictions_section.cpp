// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "retort/report/figures.h"
#include "retort/report/html.h"
#include "retort/report/sections.h"

namespace retort::report {
namespace {

using tracking::ClassifierFigures;
using tracking::EvaluationRecord;
using tracking::ReliabilityBin;

constexpr size_t kMostMatrixClasses = 30;

int64_t sum_of(const std::vector<int64_t>& row) {
  return std::accumulate(row.begin(), row.end(), int64_t{0});
}

// Rows are what a picture shows, columns what was said; the deeper the color, the larger the share of the
// row.
std::string confusion_matrix(const EvaluationRecord& evaluation) {
  const size_t classes = evaluation.class_names.size();
  if (classes > kMostMatrixClasses) return {};
  std::string html =
      "<figure><figcaption>Confusion matrix</figcaption><div style=\"overflow-x:auto\"><table "
      "class=\"matrix\"><tr><th></th>";
  for (const std::string& name : evaluation.class_names)
    html += fmt::format("<th class=\"column\">{}</th>", escaped(name));
  html += "</tr>";
  for (size_t actual = 0; actual < classes; ++actual) {
    const auto total = static_cast<double>(std::max<int64_t>(sum_of(evaluation.confusion[actual]), 1));
    html += fmt::format("<tr><th class=\"row\">{}</th>", escaped(evaluation.class_names[actual]));
    for (size_t said = 0; said < classes; ++said) {
      const int64_t count = evaluation.confusion[actual][said];
      const double share = static_cast<double>(count) / total;
      // Mistakes are rare: their color grows faster.
      const double depth = actual == said ? 0.12 + 0.5 * share : std::min(0.75, 5 * share);
      html += fmt::format(
          "<td style=\"background:rgba(var(--{}),{:.2f})\" title=\"{} taken for {}: {}\">{}</td>",
          actual == said ? "heat" : "wrong", count == 0 ? 0 : depth, escaped(evaluation.class_names[actual]),
          escaped(evaluation.class_names[said]), count, count == 0 ? "" : fmt::format("{}", count));
    }
    html += "</tr>";
  }
  return html +
         "</table></div><p class=\"soft\">Rows: what a picture shows. Columns: what the network "
         "says.</p></figure>";
}

// A dot a class, on the line between the bounds of its interval. The axis ends at 100 % and begins where it
// must.
std::string class_accuracies(const EvaluationRecord& evaluation) {
  constexpr double kCoarse = 0.05;
  struct Row {
    double share = 0, low = 0, high = 1;
  };
  std::vector<Row> rows;
  double lowest = 1 - kCoarse;
  for (size_t i = 0; i < evaluation.class_names.size(); ++i) {
    const int64_t total = sum_of(evaluation.confusion[i]);
    const double share =
        total > 0 ? static_cast<double>(evaluation.confusion[i][i]) / static_cast<double>(total) : 0;
    const auto [low, high] = wilson_interval(share, total);
    rows.push_back({share, low, high});
    lowest = std::min(lowest, low);
  }
  const double start = kCoarse * std::floor(lowest / kCoarse);
  const auto place = [&](double share) { return 100 * (share - start) / (1 - start); };
  std::string html;
  for (size_t i = 0; i < rows.size(); ++i)
    html += fmt::format(
        "<span>{}</span><span class=\"range\" title=\"95 %: {:.1f} to {:.1f}\"><i class=\"s0\" "
        "style=\"left:{:.1f}%;width:{:.1f}%\"></i><u class=\"s0\" "
        "style=\"left:{:.1f}%\"></u></span><b>{:.1f} %</b>",
        escaped(evaluation.class_names[i]), 100 * rows[i].low, 100 * rows[i].high, place(rows[i].low),
        place(rows[i].high) - place(rows[i].low), place(rows[i].share), 100 * rows[i].share);
  return fmt::format(
      "<figure><figcaption>Accuracy by class</figcaption><div class=\"bars\">{}<span></span><span "
      "class=\"ends\"><span>{:.0f} %</span><span>100 %</span></span><b></b></div><p class=\"soft\">The lines "
      "are 95 % "
      "intervals.</p></figure>",
      html, 100 * start);
}

// A bar for each bin of confidence, as high as the accuracy in it; the diagonal is perfect calibration.
std::string reliability(const std::string& title, const ClassifierFigures& figures, int color) {
  constexpr double kWidth = 420, kLeft = 62, kRight = 18, kBottom = 44, top = 10;
  const double side = kWidth - kLeft - kRight, height = top + side + kBottom;
  const auto x_of = [&](double share) { return kLeft + share * side; };
  const auto y_of = [&](double share) { return top + (1 - share) * side; };
  std::string svg;
  for (int i = 0; i <= 4; ++i) {
    const double tick = i / 4.0;
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{:.0f} %</text>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{:.0f}</text>",
        kLeft, x_of(1), y_of(tick), y_of(tick), kLeft - 6, y_of(tick) + 4, 100 * tick, x_of(tick),
        y_of(0) + 16, 100 * tick);
  }
  const auto count = static_cast<double>(figures.bins.size());
  int64_t fullest = 1;
  for (const ReliabilityBin& bin : figures.bins) fullest = std::max(fullest, bin.count);
  for (size_t i = 0; i < figures.bins.size(); ++i) {
    const ReliabilityBin& bin = figures.bins[i];
    if (bin.count == 0) continue;
    const double low = static_cast<double>(i) / count;
    const double depth = 0.3 + 0.7 * std::sqrt(static_cast<double>(bin.count) / static_cast<double>(fullest));
    svg += fmt::format(
        "<rect class=\"s{}\" fill-opacity=\"{:.2f}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:.1f}\" rx=\"1\"><title>"
        "{} pictures, confidence {:.1f} %, accuracy {:.1f} %</title></rect>",
        color, depth, x_of(low) + 1, y_of(bin.accuracy), side / count - 2, y_of(0) - y_of(bin.accuracy),
        bin.count, 100 * bin.confidence, 100 * bin.accuracy);
  }
  svg += fmt::format(
      "<line class=\"axis\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke-dasharray=\"4 "
      "4\"/>"
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">confidence, %</text>",
      x_of(0), y_of(0), x_of(1), y_of(1), x_of(0.5), height - 6);
  return fmt::format(
      "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {} {}\" style=\"max-width:420px\" role=\"img\" "
      "aria-label=\"{}\">{}</svg><p class=\"soft\">Accuracy at each confidence, paler where fewer "
      "pictures are; the diagonal would be right. Expected calibration error (ECE) {:.4f}.</p></figure>",
      escaped(title), kWidth, height, escaped(title), svg, figures.ece);
}

std::string of_one(const Run& run, int color) {
  const EvaluationRecord& evaluation = *run.evaluation;
  std::string html = "<div class=\"charts\">" + confusion_matrix(evaluation) + class_accuracies(evaluation);
  const bool has_teacher = evaluation.teacher.has_value();
  html += reliability(has_teacher ? "Reliability of the student" : "Reliability", evaluation.student, color);
  if (has_teacher) html += reliability("Reliability of the teacher", *evaluation.teacher, 1);
  return html + "</div>";
}

}  // namespace

std::string predictions_section(const std::vector<Run>& runs) {
  std::string html;
  for (size_t i = 0; i < std::min(runs.size(), kMostDetailedRuns); ++i) {
    if (!runs[i].evaluation) continue;
    if (runs.size() > 1) html += fmt::format("<h3>{}</h3>", escaped(runs[i].name));
    html += of_one(runs[i], runs[i].color);
  }
  if (html.empty()) return html;
  const std::string note = runs.size() > kMostDetailedRuns
                               ? fmt::format("<p class=\"soft\">Of the first {} runs.</p>", kMostDetailedRuns)
                               : "";
  return "<h2>Predictions on the test set</h2>" + note + html;
}

}  // namespace retort::report
