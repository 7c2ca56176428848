// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "retort/data/batch_source.h"
#include "retort/data/options.h"
#include "retort/models/model.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// 0, 1, ..., size - 1.
std::vector<int64_t> all_ids(const data::Dataset& dataset);

/// What a network for this data set must take and give.
models::Task task_of(const data::Dataset& dataset);

/// Pictures as they are, in the order of the ids, the last batch included; on the device, from a copy of the
/// whole data set there where it is a GPU. `dataset` must outlive the loader.
std::unique_ptr<data::BatchSource> make_evaluation_loader(const data::Dataset& dataset,
                                                          std::vector<int64_t> ids,
                                                          const data::Normalization& normalization,
                                                          const data::DataOptions& options,
                                                          torch::Device device = torch::kCPU);

/// The batches of one training.
struct TrainingLoaders {
  std::unique_ptr<data::BatchSource> train, validation, test;
  // Only held-out training pictures may choose a checkpoint; without any, the test set shows a curve and
  // chooses nothing.
  bool has_validation = false;
  std::string evaluation_name() const { return has_validation ? "val" : "test"; }
};

/// Training pictures in the views and the order that the options say, where the options say, `rank`'s part of
/// each batch of `world_size` processes. A last batch that would hold one picture a process is left out:
/// batch normalisation can make nothing of it.
std::unique_ptr<data::BatchSource> make_training_loader(const TrainingOptions& options,
                                                        const data::DataModule& data, int rank = 0,
                                                        int world_size = 1);
bool leaves_one_picture(const data::DataModule& data, int64_t batch_size, int64_t world_size);

TrainingLoaders make_loaders(const TrainingOptions& options, const data::DataModule& data, int rank,
                             int world_size);

}  // namespace retort::trainer
