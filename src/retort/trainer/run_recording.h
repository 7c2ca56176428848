// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

#include "retort/data/batch_source.h"
#include "retort/data/dataset.h"
#include "retort/methods/teacher.h"
#include "retort/tracking/run_record.h"
#include "retort/tracking/tracker.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// Takes away what would pass for the outcome of a run that begins, or goes on, in a folder.
void forget_outcome(const std::filesystem::path& run_directory, bool goes_on);

/// The arguments of this process, the program's name left out.
std::vector<std::string> command_line();

/// What is run, for trackers and reports: kept as run.json in the run's folder. A run that is gone on with
/// keeps its id and the time of its start.
tracking::RunRecord record_run(const TrainingOptions& options, const data::DataModule& data,
                               std::vector<tracking::NetworkRecord> networks,
                               const std::filesystem::path& run_directory, bool goes_on);

/// What the trained network said of the first pictures of the test set.
struct TestPredictions {
  std::vector<torch::Tensor> logits{}, labels{};  // a batch each: [N, C] float32, [N] int64
};

/// Leaves evaluation.json with figures, confusion and sample pictures, and sends these to the tracker. The
/// teacher, where there is one, is asked about the same pictures.
void record_predictions(const TestPredictions& predictions, const TrainingOptions& options,
                        const data::Dataset& test, data::BatchSource& loader, methods::Teacher* teacher,
                        int64_t step, const std::filesystem::path& run_directory, tracking::Tracker& tracker);

}  // namespace retort::trainer
