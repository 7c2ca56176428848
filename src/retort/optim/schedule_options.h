// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::optim {

struct ScheduleOptions {
  std::string name = "cosine";           // cosine, multistep, one_cycle or constant
  double warmup_epochs = 0;              // all but one_cycle: the rate rises linearly over so many epochs
  double final_lr = 0;                   // cosine: the rate at the end
  std::vector<int64_t> milestones = {};  // multistep: epochs after which the rate is multiplied by gamma
  double gamma = 0.1;                    // multistep
  double pct_start = 0.3;                // one_cycle: the share of the steps in which the rate rises
  bool is_linear = false;                // one_cycle: else by half a cosine
  double div_factor = 25;                // one_cycle: the first rate is the highest divided by this
  double final_div_factor = 1e4;         // one_cycle: the last rate is the first divided by this

  static ScheduleOptions from(const config::Node& node);
};

}  // namespace retort::optim
