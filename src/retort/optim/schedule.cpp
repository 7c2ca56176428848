// SPDX-License-Identifier: MIT
#include "retort/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <c10/util/Exception.h>

namespace retort::optim {
namespace {

double cosine(double base_lr, double final_lr, int64_t step, int64_t steps) {
  if (step >= steps) return final_lr;
  const double share = static_cast<double>(step) / static_cast<double>(steps);
  return final_lr + (base_lr - final_lr) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

// As OneCycleLR counts: the rate is highest at step pct_start * steps - 1, lowest at steps - 1.
double one_cycle(const ScheduleOptions& options, double base_lr, int64_t step, int64_t steps) {
  const double first_lr = base_lr / options.div_factor, last_lr = first_lr / options.final_div_factor;
  const auto last = static_cast<double>(steps - 1);
  const double highest = options.pct_start * static_cast<double>(steps) - 1;
  const double place = std::min(static_cast<double>(step), last);
  const auto between = [&](double from, double to, double share) {
    return options.is_linear ? from + (to - from) * share
                             : to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
  };
  if (place < highest) return between(first_lr, base_lr, place / highest);
  return highest < last ? between(base_lr, last_lr, (place - highest) / (last - highest)) : base_lr;
}

double multistep(const ScheduleOptions& options, double base_lr, int64_t epoch) {
  const auto passed = std::count_if(options.milestones.begin(), options.milestones.end(),
                                    [&](int64_t milestone) { return epoch >= milestone; });
  return base_lr * std::pow(options.gamma, static_cast<double>(passed));
}

}  // namespace

double learning_rate(const ScheduleOptions& options, double base_lr, int64_t step, int64_t steps_per_epoch,
                     int64_t total_steps) {
  TORCH_CHECK(step >= 0 && steps_per_epoch > 0, "learning_rate: step ", step, " of epochs of ",
              steps_per_epoch, " steps");
  if (options.name == "one_cycle") return one_cycle(options, base_lr, step, total_steps);
  const auto warmup_steps =
      static_cast<int64_t>(std::llround(options.warmup_epochs * static_cast<double>(steps_per_epoch)));
  double lr = base_lr;
  if (options.name == "multistep") lr = multistep(options, base_lr, step / steps_per_epoch);
  if (step < warmup_steps) return lr * static_cast<double>(step + 1) / static_cast<double>(warmup_steps + 1);
  if (options.name == "cosine") {
    lr = cosine(base_lr, options.final_lr, step - warmup_steps, total_steps - warmup_steps);
  }
  return lr;
}

}  // namespace retort::optim
