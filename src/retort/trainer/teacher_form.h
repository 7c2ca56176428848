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

/// The teacher's networks in inference form, asked each time: for any pictures. Says what it computes in;
/// int8 that does not answer as float32 does on at least 99.5 % of 512 training pictures is an Error
/// (config).
std::unique_ptr<methods::Teacher> make_live_teacher(const TrainingOptions& options,
                                                    const std::vector<LoadedNetwork>& networks,
                                                    const data::DataModule& data, Console& console);

/// The frozen teacher that a training asks, about training pictures alone (a table knows no others): its
/// networks in inference form, behind tables where teacher.table names a folder. Says what it computes in and
/// where its tables lie; a table that would be larger than anyone fills is not made, with a line that says
/// so.
std::unique_ptr<methods::Teacher> make_teacher(const TrainingOptions& options,
                                               const std::vector<LoadedNetwork>& networks,
                                               const data::DataModule& data, Console& console);

/// Fills the tables for every training picture and view: of data.views where that is set, else all of them.
/// What is there already is not asked again. A stop by a signal is an Error (interrupted); rows stay.
void cache_teacher(const TrainingOptions& options, const data::DataModule& data, Console& console);

}  // namespace retort::trainer
