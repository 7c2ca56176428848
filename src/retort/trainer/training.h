// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/distributed/group.h"
#include "retort/metrics/classification.h"
#include "retort/models/summary.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// What a training leaves.
struct TrainingResult {
  metrics::Classification test{};                       // of the last epoch's network, on the test set
  std::optional<metrics::Classification> validation{};  // likewise, where pictures are held out
  models::Cost cost{};                                  // of the network that was trained
  double seconds = 0;                    // from the first step to the last, evaluations between them counted
  std::filesystem::path weights_file{};  // of the last checkpoint, or the teacher's own; empty if none
};

/// Is called when all figures of a run stand in its folder; gives a file for the trackers to keep, or an
/// empty path.
using MakeReport = std::function<std::filesystem::path()>;

/// Trains as the options say. All that the run leaves lies in `run_directory`, but for a teacher's file,
/// which goes to teacher.checkpoint. A stop by a signal is an Error (interrupted) that says how to go on.
///
/// With a group, all of its processes train together. Rank 0's run directory is that of all; it alone writes,
/// tests, and has a result.
TrainingResult run_training(const TrainingOptions& options, const data::DataModule& data,
                            const std::filesystem::path& run_directory, Console& console,
                            distributed::Group* group = nullptr, const MakeReport& make_report = {});

}  // namespace retort::trainer
