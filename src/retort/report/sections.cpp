// SPDX-License-Identifier: MIT
#include "retort/report/sections.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/report/figures.h"
#include "retort/report/html.h"

namespace retort::report {
namespace {

std::string note_of(const Outcome& outcome) {
  return outcome.note.empty() ? "" : fmt::format("<small>{}</small>", escaped(outcome.note));
}

std::string card(const Outcome& outcome) {
  return fmt::format("<div class=\"card\"><b>{}</b><span>{}</span>{}</div>", escaped(outcome.text),
                     escaped(outcome.name), note_of(outcome));
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

}  // namespace

std::string subtitle_of(const Run& run) {
  return fmt::format("{}, begun {} on {} ({} cores)", run.record.data_set, local_time(run.record.started_at),
                     run.record.machine.host, run.record.machine.cores);
}

std::string footer() {
  return "<footer>Written by retort. The figures are those of metrics.jsonl, results.json and "
         "evaluation.json in each run's folder.</footer>";
}

std::string damage_notes(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : runs)
    if (run.is_log_damaged)
      html += fmt::format("<p>The metrics.jsonl of {} is damaged: its curves end too early.</p>",
                          escaped(run.name));
  return html;
}

std::string headline_section(const std::vector<Run>& runs) {
  if (runs.size() > 1)
    return fmt::format("<h1>{} runs compared</h1><p class=\"soft\">{}</p>", runs.size(),
                       escaped(subtitle_of(runs[0]))) +
           damage_notes(runs);
  const Run& run = runs[0];
  std::string html =
      fmt::format("<h1>{}</h1><p class=\"soft\">{}</p>", escaped(run.name), escaped(subtitle_of(run))) +
      damage_notes(runs);
  if (run.results.empty())
    html += "<p>This run has not finished: what stands here is what it left so far.</p>";
  html += "<div class=\"cards\">";
  for (const Outcome& outcome : outcomes_of(run))
    if (!outcome.text.empty()) html += card(outcome);
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
      html += fmt::format("<td class=\"n{}\">{}{}</td>", best && column[k].value == best ? " best" : "",
                          escaped(column[k].text), note_of(column[k]));
    html += "</tr>";
  }
  return html + "</table></div>";
}

std::string networks_section(const std::vector<Run>& runs) {
  std::vector<tracking::NetworkRecord> networks;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Run& run : runs)
    for (const tracking::NetworkRecord& network : run.record.networks)
      if (seen.insert({network.role, network.network}).second) networks.push_back(network);
  if (networks.empty()) return {};
  const bool has_latency = std::any_of(networks.begin(), networks.end(),
                                       [](const auto& network) { return network.latency_p50_ms > 0; });
  std::vector<std::string> columns = {"parameters", "size", "FLOPs a picture"};
  if (has_latency) columns.insert(columns.end(), {"latency, median", "latency, 99th percentile"});
  std::string html = "<h2>Networks</h2><div class=\"scroll\"><table><tr><th></th><th>network</th>";
  for (const std::string& column : columns) html += fmt::format("<th class=\"n\">{}</th>", column);
  html += "</tr>";
  for (const tracking::NetworkRecord& network : networks) {
    const auto positive = [](int64_t count) { return static_cast<uint64_t>(std::max<int64_t>(count, 0)); };
    std::vector<std::string> cells = {human_count(positive(network.parameters)),
                                      human_bytes(positive(network.parameter_bytes)),
                                      human_count(positive(network.forward_flops))};
    if (has_latency)
      for (const double latency : {network.latency_p50_ms, network.latency_p99_ms})
        cells.push_back(latency > 0 ? latency_text(latency) : "");
    html += fmt::format("<tr><th>{}</th><td>{}</td>", escaped(network.role), escaped(network.network));
    for (const std::string& cell : cells) html += fmt::format("<td class=\"n\">{}</td>", cell);
    html += "</tr>";
  }
  html += "</table></div>";
  if (has_latency)
    html +=
        "<p class=\"soft\">Latency: one picture at a time, in evaluation mode, on the machine of the "
        "training "
        "after its end.</p>";
  return html;
}

}  // namespace retort::report
