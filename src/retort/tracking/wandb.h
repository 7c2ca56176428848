// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "retort/tracking/tracker.h"
#include "retort/tracking/wandb_options.h"

namespace retort::tracking {

/// A W&B run as `wandb sync` uploads it: wandb/offline-run-DATE_TIME-ID/ with the transaction log and files/.
/// `_step` is the global step; a step is one row of history, also through a resume.
std::unique_ptr<Tracker> make_wandb_tracker(WandbOptions options, std::filesystem::path run_directory,
                                            int64_t keep_through_step);

}  // namespace retort::tracking
