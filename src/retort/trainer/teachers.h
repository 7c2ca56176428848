// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/models/model.h"
#include "retort/trainer/network_file.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// Loads the networks that teacher.checkpoint names, and says which they are and how accurate. An Error
/// (checkpoint) when one is absent (with the command that trains it), is another network, or is far less
/// accurate than when it was trained.
std::vector<LoadedNetwork> load_teachers(const TrainingOptions& options, const data::DataModule& data,
                                         Console& console);

/// Warns when an accuracy is no better than guessing: the classes' order or the normalisation is then likely
/// another.
void warn_near_chance(double accuracy, double samples, int64_t num_classes, const std::string& teacher,
                      Console& console);

/// Makes the folder that publish_teacher() will write to, so that a place that cannot be written is said
/// before the training and not after it. An Error (config) when teacher.checkpoint names several files.
void prepare_teacher_folder(const TrainingOptions& options);

/// Leaves a trained teacher at teacher.checkpoint, where distillation looks for it. One that stands there
/// already is kept beside it as NAME.previous.safetensors: it may have cost days.
std::filesystem::path publish_teacher(const TrainingOptions& options, const models::Model& model,
                                      const Provenance& provenance, Console& console);

}  // namespace retort::trainer
