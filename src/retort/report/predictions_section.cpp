// SPDX-License-Identifier: MIT
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

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

std::string bar(const std::string& name, double share, int color, const std::string& text) {
  return fmt::format(
      "<span>{}</span><span class=\"track\"><i class=\"s{}\" style=\"width:{:.1f}%\"></i></span><b>{}</b>",
      escaped(name), color, 100 * share, escaped(text));
}

std::string class_accuracies(const EvaluationRecord& evaluation) {
  std::string bars;
  for (size_t i = 0; i < evaluation.class_names.size(); ++i) {
    const int64_t total = sum_of(evaluation.confusion[i]);
    const double share =
        total > 0 ? static_cast<double>(evaluation.confusion[i][i]) / static_cast<double>(total) : 0;
    bars += bar(evaluation.class_names[i], share, 0, fmt::format("{:.1f} %", 100 * share));
  }
  return fmt::format(
      "<figure><figcaption>Accuracy by class</figcaption><div class=\"bars\">{}</div></figure>", bars);
}

// A bar for each bin of confidence, as high as the accuracy in it; the diagonal is perfect calibration.
std::string reliability(const std::string& title, const ClassifierFigures& figures, int color) {
  constexpr double kSize = 420, kLeft = 62, kRight = 18, kBottom = 44;
  const double side = kSize - kLeft - kRight, top = kSize - kBottom - side;
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
  for (size_t i = 0; i < figures.bins.size(); ++i) {
    const ReliabilityBin& bin = figures.bins[i];
    if (bin.count == 0) continue;
    const double low = static_cast<double>(i) / count;
    svg += fmt::format(
        "<rect class=\"s{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"1\"><title>"
        "{} pictures, confidence {:.1f} %, accuracy {:.1f} %</title></rect>",
        color, x_of(low) + 1, y_of(bin.accuracy), side / count - 2, y_of(0) - y_of(bin.accuracy), bin.count,
        100 * bin.confidence, 100 * bin.accuracy);
  }
  svg += fmt::format(
      "<line class=\"axis\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke-dasharray=\"4 "
      "4\"/>"
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">confidence, %</text>",
      x_of(0), y_of(0), x_of(1), y_of(1), x_of(0.5), kSize - 2);
  return fmt::format(
      "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {} {}\" style=\"max-width:420px\" role=\"img\" "
      "aria-label=\"{}\">{}</svg><p class=\"soft\">Accuracy at each confidence. Expected calibration "
      "error (ECE) {:.4f}.</p></figure>",
      escaped(title), kSize, kSize, escaped(title), svg, figures.ece);
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
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].evaluation) continue;
    if (runs.size() > 1) html += fmt::format("<h3>{}</h3>", escaped(runs[i].name));
    html += of_one(runs[i], color_of(runs, i));
  }
  return html.empty() ? html : "<h2>Predictions on the test set</h2>" + html;
}

}  // namespace retort::report
