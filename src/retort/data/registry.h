// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/data/dataset.h"
#include "retort/data/options.h"

namespace retort::data {

/// What the pictures of a data set are, without reading them; the name is one of dataset_names().
struct PictureShape {
  int64_t channels = 0, height = 0, width = 0, num_classes = 0;
};
PictureShape picture_shape(const std::string& name);

/// Reads a data set, having fetched it when it is absent and data.download allows, and draws the validation
/// samples: a permutation keyed by (seed, RandomStream::split); both lists of ids ascend.
/// Absent or damaged files are an Error (data); the message says which, and what was expected.
DataModule load_data(const DataOptions& options, uint64_t seed);

}  // namespace retort::data
