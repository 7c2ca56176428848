// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// The trackers of a run, by names of tracker_names(), in that order, each writing below `run_directory`. A
/// resumed run goes on after the rows of `keep_through_step`; -1 starts afresh.
std::vector<std::unique_ptr<Tracker>> make_trackers(const std::vector<std::string>& names,
                                                    const std::filesystem::path& run_directory,
                                                    int64_t keep_through_step);

}  // namespace retort::tracking
