// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/methods/teacher.h"
#include "retort/trainer/network_file.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// A frozen teacher in its two forms; they may be one.
struct FrozenTeacher {
  std::shared_ptr<methods::Teacher> live;      // its networks in inference form: answers for any pictures
  std::shared_ptr<methods::Teacher> training;  // a table before them, which knows training pictures alone
};

/// Freezes networks, and puts tables before them where teacher.table names a folder. Says what they compute
/// in and where the tables lie; a table that would be larger than anyone fills is not made, with a line that
/// says so. On a GPU a table that is whole is looked up there; one that lacks rows is not used, with a line.
/// Int8 that does not answer as float32 does on at least 99.5 % of 512 training pictures is an Error
/// (config).
FrozenTeacher make_teacher(const TrainingOptions& options, const std::vector<LoadedNetwork>& networks,
                           const data::DataModule& data, Console& console);

/// Fills the tables for every training picture and view: of data.views where that is set, else all of them.
/// What is there already is not asked again. A stop by a signal is an Error (interrupted); rows stay.
void cache_teacher(const TrainingOptions& options, const data::DataModule& data, Console& console);

}  // namespace retort::trainer
