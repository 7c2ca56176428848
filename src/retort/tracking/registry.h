// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "retort/tracking/options.h"
#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// All trackers of a run as one, each writing below `run_directory`; metrics.jsonl is always written. A
/// resumed run goes on after `keep_through_step`; -1 starts afresh.
std::unique_ptr<Tracker> make_tracker(const TrackerOptions& options,
                                      const std::filesystem::path& run_directory, int64_t keep_through_step,
                                      std::function<void(const std::string&)> warn);

/// Takes away what the trackers of an earlier run left in the folder and those of a run that begins afresh
/// might take for theirs, or leave as it is.
void forget_earlier(const std::filesystem::path& run_directory);

/// Copies what the trackers left in the folder of a run into that of one that goes on with it.
void carry_over(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace retort::tracking
