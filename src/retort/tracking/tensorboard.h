// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// TensorBoard: one event file in `folder` with scalars, images, histograms, the configuration as text, and
/// the hparams of the run beside the metrics they led to. Goes on with the event file that is there, cut back
/// to `keep_through_step`; -1 starts a new one.
std::unique_ptr<Tracker> make_tensorboard_tracker(const std::filesystem::path& folder,
                                                  int64_t keep_through_step);

}  // namespace retort::tracking
