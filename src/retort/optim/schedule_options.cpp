// SPDX-License-Identifier: MIT
#include "retort/optim/schedule_options.h"

#include <algorithm>

#include "retort/config/reader.h"

namespace retort::optim {

ScheduleOptions ScheduleOptions::from(const config::Node& node) {
  config::Reader reader(node, "schedule");
  ScheduleOptions options;
  options.name = reader.choice("name", {"cosine", "multistep", "one_cycle", "constant"});
  if (options.name != "one_cycle") {
    options.warmup_epochs =
        reader.optional_number("warmup_epochs", {.at_least = 0}).value_or(options.warmup_epochs);
  }
  if (options.name == "cosine") {
    options.final_lr = reader.optional_number("final_lr", {.at_least = 0}).value_or(options.final_lr);
  } else if (options.name == "multistep") {
    options.milestones = reader.integers("milestones", {.at_least = 1});
    if (!std::is_sorted(options.milestones.begin(), options.milestones.end())) {
      reader.fail("milestones", "must be epochs in rising order");
    }
    options.gamma = reader.optional_number("gamma", {.above = 0}).value_or(options.gamma);
  } else if (options.name == "one_cycle") {
    options.pct_start =
        reader.optional_number("pct_start", {.at_least = 0, .at_most = 1}).value_or(options.pct_start);
    options.is_linear =
        reader.has("anneal_strategy") && reader.choice("anneal_strategy", {"cos", "linear"}) == "linear";
    reader.ignore("anneal_strategy");
    options.div_factor = reader.optional_number("div_factor", {.above = 0}).value_or(options.div_factor);
    options.final_div_factor =
        reader.optional_number("final_div_factor", {.above = 0}).value_or(options.final_div_factor);
  }
  reader.finish();
  return options;
}

}  // namespace retort::optim
