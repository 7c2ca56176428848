// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "retort/report/chart.h"
#include "retort/report/sections.h"

namespace retort::report {
namespace {

constexpr std::string_view kEpochSuffix = "_epoch", kLossPrefix = "train/loss";

// Metrics that belong into one picture when a single run is shown: a loss of each step and its mean of each
// epoch, and each term by itself, for they differ by orders of magnitude.
std::string group_of(const std::string& metric) {
  if (metric.starts_with(kLossPrefix)) {
    std::string_view term = std::string_view(metric).substr(kLossPrefix.size());
    if (term.ends_with(kEpochSuffix)) term.remove_suffix(kEpochSuffix.size());
    if (term.starts_with('_')) term.remove_prefix(1);
    return term.empty() ? "Training loss" : fmt::format("Training loss: {}", term);
  }
  if (metric.ends_with("/accuracy_top1")) return "Accuracy";
  if (metric.ends_with("/loss")) return "Evaluation loss";
  if (metric == "lr") return "Learning rate";
  return metric;
}

bool is_accuracy(const std::string& metric) { return metric.find("accuracy") != std::string::npos; }

// What curves come first; others follow as they were logged.
int rank_of(const std::string& group) {
  if (group == "Accuracy") return 0;
  if (group == "Evaluation loss") return 1;
  if (group == "Training loss") return 2;
  if (group.starts_with("Training loss")) return 3;
  return group == "Learning rate" ? 4 : 5;
}

// The teacher's accuracy on the test set, beside the curves of its student.
void add_teacher_line(const Run& run, Chart& chart) {
  if (!run.evaluation || !run.evaluation->teacher || chart.series.empty() || run.rows.empty()) return;
  const double accuracy = run.evaluation->teacher->accuracy;
  chart.series.push_back({.name = "teacher (test)",
                          .color = 1,
                          .points = {{static_cast<double>(run.rows.front().step), accuracy},
                                     {static_cast<double>(run.rows.back().step), accuracy}},
                          .is_reference = true});
}

// The second colour is the teacher's.
int color_at(size_t index) { return index == 0 ? 0 : static_cast<int>(1 + index % 7); }

// A single term is the loss itself, and needs no picture of its own.
void drop_single_term(std::vector<std::pair<std::string, std::vector<std::string>>>& groups) {
  const auto is_term = [](const auto& group) { return group.first.starts_with("Training loss:"); };
  if (std::count_if(groups.begin(), groups.end(), is_term) == 1) std::erase_if(groups, is_term);
}

Chart chart_of_one(const Run& run, const std::string& group, const std::vector<std::string>& metrics) {
  Chart chart{.title = group, .x_label = "step", .series = {}, .is_share = is_accuracy(metrics.front())};
  const bool is_loss = metrics.front().starts_with(kLossPrefix);
  for (size_t i = 0; i < metrics.size(); ++i)
    chart.series.push_back(
        {.name = metrics[i],
         .color = is_loss ? 0 : color_at(i),
         .points = points_of(run, metrics[i]),
         .is_faint = is_loss && !metrics[i].ends_with(kEpochSuffix) && metrics.size() > 1});
  if (group == "Accuracy") add_teacher_line(run, chart);
  return chart;
}

// Over the steps that all of them have.
std::vector<std::pair<double, double>> mean_of(const std::vector<Series>& members) {
  std::map<double, std::pair<double, size_t>> sums;
  for (const Series& member : members)
    for (const auto& [step, value] : std::map<double, double>(member.points.begin(), member.points.end())) {
      sums[step].first += value;
      ++sums[step].second;
    }
  std::vector<std::pair<double, double>> points;
  for (const auto& [step, sum] : sums)
    if (sum.second == members.size()) points.emplace_back(step, sum.first / static_cast<double>(sum.second));
  return points;
}

Chart chart_of_many(const std::vector<Run>& runs, const std::string& metric) {
  Chart chart{.title = metric, .x_label = "step", .series = {}, .is_share = is_accuracy(metric)};
  std::vector<std::string> groups;
  for (const Run& run : runs)
    if (std::find(groups.begin(), groups.end(), run.group) == groups.end()) groups.push_back(run.group);
  for (const std::string& group : groups) {
    std::vector<Series> members;
    for (const Run& run : runs)
      if (run.group == group)
        members.push_back({.name = run.name, .color = run.color, .points = points_of(run, metric)});
    if (members.size() > 1) {
      Series mean{.name = group + ", mean", .color = members[0].color, .points = mean_of(members)};
      for (Series& member : members) {
        member.is_faint = true;
        member.is_listed = false;
      }
      members.push_back(std::move(mean));
    }
    std::move(members.begin(), members.end(), std::back_inserter(chart.series));
  }
  return chart;
}

// What the learning-rate finder saw before the first step, and the rate that it took.
Chart chart_of_rates(const std::vector<Run>& runs) {
  Chart chart{.title = "Learning-rate finder", .x_label = "learning rate", .series = {}, .is_log_x = true};
  for (size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].rate_curve) continue;
    const tracking::RateCurve& curve = *runs[i].rate_curve;
    const std::string prefix = runs.size() > 1 ? runs[i].name + ": " : "";
    const int color = runs.size() > 1 ? runs[i].color : 0;
    chart.series.push_back({.name = prefix + "smoothed loss", .color = color, .points = curve.points});
    if (!curve.suggestion) continue;
    const auto [low, high] =
        std::minmax_element(curve.points.begin(), curve.points.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; });
    chart.series.push_back({.name = prefix + "suggested rate",
                            .color = runs.size() > 1 ? color : 1,
                            .points = {{*curve.suggestion, low->second}, {*curve.suggestion, high->second}},
                            .is_reference = true,
                            .value = fmt::format("{:.3g}", *curve.suggestion)});
  }
  return chart;
}

}  // namespace

std::string curves_section(const std::vector<Run>& runs) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const std::string& metric : metric_names(runs)) {
    const std::string group = group_of(metric);
    const auto found =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == group; });
    if (found == groups.end()) {
      groups.push_back({group, {metric}});
    } else {
      found->second.push_back(metric);
    }
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return rank_of(a.first) < rank_of(b.first); });
  if (runs.size() == 1) drop_single_term(groups);
  std::string charts;
  for (const auto& [group, metrics] : groups) {
    if (runs.size() == 1) {
      charts += to_html(chart_of_one(runs[0], group, metrics));
    } else {
      for (const std::string& metric : metrics) charts += to_html(chart_of_many(runs, metric));
    }
  }
  charts += to_html(chart_of_rates(runs));
  if (charts.empty()) return {};
  return "<h2>Curves</h2><div class=\"charts\">" + charts + "</div>";
}

}  // namespace retort::report
