// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "apps/run_arguments.h"
#include "apps/runs.h"
#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"
#include "retort/report/run_folder.h"
#include "retort/report/text_plot.h"

namespace retort::apps {

std::string plot(const std::vector<std::string>& arguments) {
  constexpr size_t kHeight = 10, kWidest = 120;
  const RunArguments parsed = RunArguments::parse(arguments, {"metric"});
  if (parsed.folders.size() != 1)
    throw Error(ExitCode::config, "retort plot needs the folder of one run: retort plot outputs/DATE/TIME");
  const report::Run run = report::read_run(parsed.folders[0]);
  std::vector<std::string> metrics = report::metric_names({run});
  const std::string damage =
      run.is_log_damaged ? "metrics.jsonl is damaged: what follows is not shown\n" : "";
  if (metrics.empty()) return damage + "the run has logged nothing yet\n";
  if (const auto metric = parsed.values.find("metric"); metric != parsed.values.end()) {
    if (std::find(metrics.begin(), metrics.end(), metric->second) == metrics.end())
      throw Error(ExitCode::config,
                  fmt::format("the run has no metric '{}'; it has: {}.{}", printable(metric->second),
                              printable(join(metrics, ", "), 2000), did_you_mean(metric->second, metrics)));
    metrics = {metric->second};
  }
  const size_t width = std::min(static_cast<size_t>(Console().width()), kWidest);
  std::string text;
  for (const std::string& metric : metrics) {
    const std::string plot =
        report::text_plot(printable(metric), report::points_of(run, metric), width, kHeight, shows_unicode());
    if (!text.empty()) text += "\n";
    text += plot.empty() ? fmt::format("{}: no number of it can be drawn\n", printable(metric)) : plot;
  }
  return text + damage;
}

}  // namespace retort::apps
