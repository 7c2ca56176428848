// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "retort/data/loader.h"
#include "retort/data/options.h"
#include "retort/models/model.h"

namespace retort::trainer {

/// 0, 1, ..., size - 1.
std::vector<int64_t> all_ids(const data::Dataset& dataset);

/// What a network for this data set must take and give.
models::Task task_of(const data::Dataset& dataset);

/// Pictures as they are, in the order of the ids, the last batch included. `dataset` must outlive the loader.
std::unique_ptr<data::Loader> make_evaluation_loader(const data::Dataset& dataset, std::vector<int64_t> ids,
                                                     const data::Normalization& normalization,
                                                     const data::DataOptions& options);

}  // namespace retort::trainer
