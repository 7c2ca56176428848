// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "retort/core/console.h"
#include "retort/metrics/classification.h"
#include "retort/models/summary.h"
#include "retort/tracking/run_record.h"
#include "retort/tracking/tracker.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/networks.h"
#include "retort/trainer/progress.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// What a training leaves.
struct TrainingResult {
  metrics::Classification test{};                       // of the last epoch's network, on the test set
  std::optional<metrics::Classification> validation{};  // likewise, where pictures are held out
  models::Cost cost{};                                  // of the network that was trained
  double seconds = 0;                    // from the first step to the last (Effort), over resumes
  double images_per_second = 0;          // in training steps, likewise
  std::filesystem::path weights_file{};  // of the last checkpoint, or the teacher's own; empty if none
};

/// Is called when all figures of a run stand in its folder; gives a file for the trackers to keep, or an
/// empty path.
using MakeReport = std::function<std::filesystem::path()>;

/// A training whose last step is done.
struct FinishedTraining {
  const TrainingOptions& options;
  const data::DataModule& data;
  std::filesystem::path run_directory;
  Networks& networks;
  TrainingLoaders& loaders;
  const Progress& progress;
  tracking::RunRecord& record;  // its latencies are filled in
  tracking::Tracker& tracker;
  Console& console;
  double seconds = 0;  // that it took (Effort)
  double images_per_second = 0;
};

/// Tests the network, then leaves all that a run leaves: evaluation.json, results.json, latencies in
/// run.json, the teacher's file, and with the trackers what they keep. Nothing where a stop came during the
/// test: nothing is left then.
std::optional<TrainingResult> leave_results(const FinishedTraining& training, Provenance provenance,
                                            const MakeReport& make_report);

}  // namespace retort::trainer
