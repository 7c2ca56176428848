// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/optim/schedule_options.h"

namespace retort::optim {

/// The learning rate of one step, counted from 0; a pure function, so nothing has to be saved. With
/// W = round(warmup_epochs * steps_per_epoch) steps of warm-up and S total steps, for t >= W:
///
///     constant:   base_lr
///     multistep:  base_lr * gamma^k, k the number of milestones m with t >= m * steps_per_epoch
///     cosine:     final_lr + (base_lr - final_lr) * (1 + cos(pi * (t - W) / (S - W))) / 2, final_lr from S
///                 on (Loshchilov and Hutter, arXiv:1608.03983)
///     one_cycle:  from base_lr / div_factor up to base_lr over the first pct_start * S steps, then down to
///                 1 / final_div_factor of where it began, each by half a cosine or linearly (Smith and
///                 Topin, arXiv:1708.07120); the rates of OneCycleLR(cycle_momentum=False), and its last
///                 rate from S on. Without warm-up: W is 0
///
/// and for t < W: (t + 1) / (W + 1) of base_lr (multistep: of base_lr * gamma^k), so that step W is the first
/// at the full rate. Without warm-up the first step of each epoch has the rate of torch.optim.lr_scheduler's
/// CosineAnnealingLR and MultiStepLR stepped by epochs.
double learning_rate(const ScheduleOptions& options, double base_lr, int64_t step, int64_t steps_per_epoch,
                     int64_t total_steps);

}  // namespace retort::optim
