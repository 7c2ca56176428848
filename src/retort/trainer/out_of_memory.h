// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/core/error.h"
#include "retort/trainer/batch_size_finder.h"

namespace retort::trainer {

/// The largest batch that by two trials stays within `limit_bytes`: memory grows by so much a picture. 0
/// where not even one picture does.
int64_t largest_batch_within(double limit_bytes, const BatchSizeTrial& smaller, const BatchSizeTrial& larger);

/// A step found no memory on its device.
struct MemoryShortage {
  int64_t batch_size = 0;
  double peak_bytes = 0;  // that it held before
  double limit_bytes = 0;
  int64_t fitting_batch_size = 0;  // 0: nobody knows one
};
/// An Error (resources) of one line that says all of it.
Error describe(const MemoryShortage& shortage);

/// What to tell whose training ran out of its GPU's memory: steps of an eighth and a quarter of the batch are
/// done to find a size that fits, where the process trains alone: else others would wait for their parts. The
/// networks are worth nothing afterwards.
Error examine_shortage(const TrainingOptions& options, const data::DataModule& data, Networks& networks,
                       optim::Optimizer& optimizer, int processes);

}  // namespace retort::trainer
