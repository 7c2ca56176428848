// SPDX-License-Identifier: MIT
#include <algorithm>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/report/html.h"
#include "retort/report/sections.h"
#include "retort/tracking/base64.h"

namespace retort::report {
namespace {

using tracking::EvaluationRecord;
using tracking::SamplePrediction;

constexpr size_t kMostBars = 5;

// A picture that is gone leaves a hole, not a report that cannot be made.
std::string image(const Run& run, const SamplePrediction& sample) {
  constexpr uint64_t kLargestPicture = 1 << 20;
  std::string bytes;
  try {
    bytes = read_file(run.folder / sample.picture, kLargestPicture, ExitCode::data);
  } catch (const Error&) {
    return "<img alt=\"\">";
  }
  return fmt::format("<img alt=\"test picture {}\" src=\"data:image/png;base64,{}\">", sample.id,
                     tracking::base64(bytes));
}

// The classes that somebody thinks likely, the likeliest first.
std::vector<size_t> likely_classes(const SamplePrediction& sample) {
  std::vector<size_t> order(sample.student.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto weight = [&](size_t i) {
    return sample.soft_targets.empty() ? sample.student[i]
                                       : std::max(sample.soft_targets[i], sample.student[i]);
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return weight(a) > weight(b); });
  order.resize(std::min(order.size(), kMostBars));
  return order;
}

std::string track(double share, int color, const std::string& title) {
  return fmt::format(
      "<span class=\"track\" title=\"{} {:.1f} %\"><i class=\"s{}\" style=\"width:{:.1f}%\"></i></span>",
      escaped(title), 100 * share, color, 100 * share);
}

size_t first_choice(const std::vector<double>& probabilities) {
  return static_cast<size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                             probabilities.begin());
}

std::string card(const Run& run, const SamplePrediction& sample) {
  const EvaluationRecord& evaluation = *run.evaluation;
  const auto name = [&](size_t i) { return evaluation.class_names[i]; };
  std::string html = fmt::format("<div class=\"sample\">{}<div class=\"what\"><p>{}: student says {}",
                                 image(run, sample), escaped(name(static_cast<size_t>(sample.label))),
                                 escaped(name(first_choice(sample.student))));
  if (!sample.teacher.empty())
    html += fmt::format(", teacher {}", escaped(name(first_choice(sample.teacher))));
  html += "</p><div class=\"bars\">";
  for (const size_t i : likely_classes(sample)) {
    html += fmt::format("<span>{}</span><span class=\"pair\">", escaped(name(i)));
    if (!sample.soft_targets.empty()) html += track(sample.soft_targets[i], 1, "teacher");
    html += track(sample.student[i], 0, "student") + "</span>";
  }
  return html + "</div></div></div>";
}

}  // namespace

std::string samples_section(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : std::span(runs).first(std::min(runs.size(), kMostDetailedRuns))) {
    if (!run.evaluation || run.evaluation->samples.empty()) continue;
    if (runs.size() > 1) {
      if (!run.evaluation->teacher) continue;  // beside others, mistakes alone say little
      html += fmt::format("<h3>{}</h3>", escaped(run.name));
    }
    const bool has_teacher = run.evaluation->teacher.has_value();
    html += has_teacher
                ? fmt::format(
                      "<p class=\"soft\">Where student and teacher disagree, the teacher surest first. "
                      "<span class=\"legend\" style=\"display:inline-flex\"><span><i class=\"s1\"></i>the "
                      "teacher's "
                      "soft targets, temperature {:g}</span><span><i class=\"s0\"></i>the "
                      "student</span></span></p>",
                      run.evaluation->temperature)
                : "<p class=\"soft\">The mistakes that the network is surest of.</p>";
    html += "<div class=\"samples\">";
    for (const SamplePrediction& sample : run.evaluation->samples) html += card(run, sample);
    html += "</div>";
  }
  return html.empty() ? html : "<h2>Pictures</h2>" + html;
}

}  // namespace retort::report
