// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "retort/config/override.h"

namespace retort::config {

/// One job of a sweep: the overrides of its own run, none of them a sweep.
using JobOverrides = std::vector<std::string>;

/// The jobs of a sweep in the order of Hydra's basic sweeper: every combination, the last key varies fastest.
/// A key written twice keeps its first place and its last value. `group_options` lists the options of a
/// group, for glob(). An Error (config) for interval(), which has no list of values, and for more than
/// 10,000 jobs, or 8 MiB of overrides in all.
std::vector<JobOverrides> expand_sweep(
    const std::vector<Override>& overrides,
    const std::function<std::vector<std::string>(const std::string& group)>& group_options);

/// The keys that take more than one value, as they begin an override: "seed", "+optimizer.momentum".
std::vector<std::string> swept_keys(const std::vector<JobOverrides>& jobs);

}  // namespace retort::config
