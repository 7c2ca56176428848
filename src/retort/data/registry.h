// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/data/dataset.h"
#include "retort/data/options.h"

namespace retort::data {

/// Reads a data set, having fetched it when it is absent and data.download allows, and draws the validation
/// samples: a permutation keyed by (seed, RandomStream::split); both lists of ids ascend.
/// Absent or damaged files are an Error (data); the message says which, and what was expected.
DataModule load_data(const DataOptions& options, uint64_t seed);

}  // namespace retort::data
