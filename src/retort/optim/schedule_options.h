// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::optim {

struct ScheduleOptions {
  std::string name = "cosine";           // cosine, multistep or constant
  double warmup_epochs = 0;              // the rate rises linearly from near 0 over so many epochs
  double final_lr = 0;                   // cosine: the rate at the end
  std::vector<int64_t> milestones = {};  // multistep: epochs after which the rate is multiplied by gamma
  double gamma = 0.1;                    // multistep

  static ScheduleOptions from(const config::Node& node);
};

}  // namespace retort::optim
