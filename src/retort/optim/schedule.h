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
  double gamma = 0.1;

  static ScheduleOptions from(const config::Node& node);
};

/// The learning rate of one step, counted from 0; a pure function, so nothing has to be saved.
double learning_rate(const ScheduleOptions& options, double base_lr, int64_t step, int64_t steps_per_epoch,
                     int64_t total_steps);

}  // namespace retort::optim
