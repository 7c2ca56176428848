// SPDX-License-Identifier: MIT
#include "retort/report/sections.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/report/chart.h"
#include "retort/report/figures.h"
#include "retort/report/html.h"
#include "retort/tracking/json_text.h"

namespace retort::report {
namespace {

std::string card(const std::string& text, const std::string& name) {
  return fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>", escaped(text), escaped(name));
}

std::string subtitle(const Run& run) {
  return fmt::format("{}, begun {} on {} ({} cores)", run.record.data_set, local_time(run.record.started_at),
                     run.record.machine.host, run.record.machine.cores);
}

// The best of a figure, where the runs differ in it and one way is better.
std::optional<double> best_of(const std::vector<std::vector<Outcome>>& outcomes, size_t figure) {
  std::optional<double> best;
  bool differ = false;
  for (const auto& column : outcomes) {
    const Outcome& outcome = column[figure];
    if (!outcome.value || outcome.direction == 0) continue;
    differ = differ || (best && *best != *outcome.value);
    if (!best || *outcome.value * outcome.direction > *best * outcome.direction) best = outcome.value;
  }
  return differ ? best : std::nullopt;
}

// Metrics that belong into one picture when a single run is shown.
std::string group_of(const std::string& metric) {
  const bool is_epoch = metric.ends_with("_epoch");
  if (metric.starts_with("train/loss"))
    return is_epoch ? "Training loss, mean of each epoch" : "Training loss";
  if (metric.ends_with("/accuracy_top1")) return "Accuracy";
  if (metric.ends_with("/loss")) return "Evaluation loss";
  if (metric == "lr") return "Learning rate";
  return metric;
}

bool is_accuracy(const std::string& metric) { return metric.find("accuracy") != std::string::npos; }

// What curves come first; others follow as they were logged.
int rank_of(const std::string& group) {
  const std::vector<std::string> first = {"Accuracy", "Evaluation loss", "Training loss, mean of each epoch",
                                          "Training loss", "Learning rate"};
  return static_cast<int>(std::find(first.begin(), first.end(), group) - first.begin());
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

Chart chart_of_one(const Run& run, const std::string& group, const std::vector<std::string>& metrics) {
  Chart chart{.title = group, .x_label = "step", .series = {}, .is_share = is_accuracy(metrics.front())};
  for (size_t i = 0; i < metrics.size(); ++i)
    chart.series.push_back({.name = metrics[i],
                            .color = i == 0 ? 0 : static_cast<int>(1 + i % 7),
                            .points = points_of(run, metrics[i])});
  if (group == "Accuracy") add_teacher_line(run, chart);
  return chart;
}

Chart chart_of_many(const std::vector<Run>& runs, const std::string& metric) {
  Chart chart{.title = metric, .x_label = "step", .series = {}, .is_share = is_accuracy(metric)};
  for (size_t i = 0; i < runs.size(); ++i)
    chart.series.push_back(
        {.name = runs[i].name, .color = color_of(runs, i), .points = points_of(runs[i], metric)});
  return chart;
}

}  // namespace

int color_of(const std::vector<Run>& runs, size_t index) {
  std::set<std::string> roles;
  for (const Run& run : runs) roles.insert(run.record.role);
  if (roles.size() < runs.size()) return static_cast<int>(index % 8);
  const std::string& role = runs[index].record.role;
  return role == "distill" ? 0 : role == "teacher" ? 1 : 2;
}

std::string headline_section(const std::vector<Run>& runs) {
  if (runs.size() > 1)
    return fmt::format("<h1>{} runs compared</h1><p class=\"soft\">{}</p>", runs.size(),
                       escaped(subtitle(runs[0])));
  const Run& run = runs[0];
  std::string html =
      fmt::format("<h1>{}</h1><p class=\"soft\">{}</p>", escaped(run.name), escaped(subtitle(run)));
  if (run.results.empty())
    html += "<p>This run has not finished: what stands here is what it left so far.</p>";
  html += "<div class=\"cards\">";
  for (const Outcome& outcome : outcomes_of(run))
    if (!outcome.text.empty()) html += card(outcome.text, outcome.name);
  return html + "</div>";
}

std::string outcome_section(const std::vector<Run>& runs) {
  if (runs.size() < 2) return {};
  std::vector<std::vector<Outcome>> outcomes;
  for (const Run& run : runs) outcomes.push_back(outcomes_of(run));
  std::string html = "<h2>Outcome</h2><div class=\"scroll\"><table><tr><th></th>";
  for (const Run& run : runs) html += fmt::format("<th class=\"n\">{}</th>", escaped(run.name));
  html += "</tr>";
  for (size_t k = 0; k < outcomes[0].size(); ++k) {
    const std::optional<double> best = best_of(outcomes, k);
    if (std::all_of(outcomes.begin(), outcomes.end(),
                    [&](const auto& column) { return column[k].text.empty(); }))
      continue;
    html += fmt::format("<tr><th>{}</th>", escaped(outcomes[0][k].name));
    for (const auto& column : outcomes)
      html += fmt::format("<td class=\"n{}\">{}</td>", best && column[k].value == best ? " best" : "",
                          escaped(column[k].text));
    html += "</tr>";
  }
  return html + "</table></div>";
}

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
  std::string charts;
  for (const auto& [group, metrics] : groups) {
    if (runs.size() == 1) {
      charts += to_html(chart_of_one(runs[0], group, metrics));
    } else {
      for (const std::string& metric : metrics) charts += to_html(chart_of_many(runs, metric));
    }
  }
  if (charts.empty()) return {};
  return "<h2>Curves</h2><div class=\"charts\">" + charts + "</div>";
}

std::string networks_section(const std::vector<Run>& runs) {
  std::string rows;
  std::set<std::string> seen;
  for (const Run& run : runs)
    for (const tracking::NetworkRecord& network : run.record.networks) {
      const std::string row = fmt::format(
          "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
          "class=\"n\">{}</td></tr>",
          escaped(network.role), escaped(network.network),
          human_count(static_cast<uint64_t>(std::max<int64_t>(network.parameters, 0))),
          human_bytes(static_cast<uint64_t>(std::max<int64_t>(network.parameter_bytes, 0))),
          human_count(static_cast<uint64_t>(std::max<int64_t>(network.forward_flops, 0))));
      if (seen.insert(row).second) rows += row;
    }
  if (rows.empty()) return {};
  return "<h2>Networks</h2><div class=\"scroll\"><table><tr><th>role</th><th>network</th><th "
         "class=\"n\">parameters"
         "</th><th class=\"n\">size</th><th class=\"n\">FLOPs a picture</th></tr>" +
         rows + "</table></div>";
}

}  // namespace retort::report
