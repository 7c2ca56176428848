// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/distributed/group.h"
#include "retort/trainer/training_options.h"
#include "retort/trainer/training_result.h"

namespace retort::trainer {

/// Trains as the options say. All that the run leaves lies in `run_directory`, but for a teacher's file,
/// which goes to teacher.checkpoint. A stop by a signal is an Error (interrupted) that says how to go on.
///
/// With a group, all of its processes train together. Rank 0's run directory is that of all; it alone writes,
/// tests, and has a result.
TrainingResult run_training(TrainingOptions options, const data::DataModule& data,
                            const std::filesystem::path& run_directory, Console& console,
                            distributed::Group* group = nullptr, const MakeReport& make_report = {});

}  // namespace retort::trainer
