// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/optim/optimizer.h"
#include "retort/trainer/networks.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// Some steps of batches of one size.
struct BatchSizeTrial {
  int64_t size = 0;
  double peak_bytes = 0;  // the most memory that was held (MemoryMeter)
  double images_per_second = 0;
};

/// The largest batch size that the memory holds, why no larger one, and what was tried on the way.
struct FoundBatchSize {
  int64_t size = 0;
  std::string reason{};
  std::vector<BatchSizeTrial> trials{};
};

/// Lightning's search: sizes double until one does not fit; with binsearch the gap is then halved until it is
/// closed, and `margin` taken off. A size fits when its peak is at most `limit` bytes. One that by the trials
/// so far would need more (memory grows by so much a picture) is not tried: on a processor that ends the
/// process, and not the trial. `idle_bytes` is what is held without a batch; `most` is the data's. An Error
/// (resources) when not even one picture fits.
FoundBatchSize search_batch_size(const BatchSizeFinderOptions& options, int64_t most, double idle_bytes,
                                 double limit, const std::function<BatchSizeTrial(int64_t size)>& run);

/// Of the memory: the rest is for what a foretelling misses. On a GPU a captured step keeps its memory, and
/// an epoch's smaller last batch, which is not captured, needs nearly as much again.
double usable_share(const TrainerOptions& options);

/// Steps of batches of this size, which are then forgotten. A stop by a signal is an Error (interrupted).
BatchSizeTrial try_batch_size(const TrainingOptions& options, const data::DataModule& data,
                              Networks& networks, optim::Optimizer& optimizer, int64_t size, int64_t steps);

/// The search with real steps, which are then forgotten; says what it found. Out of memory is what would take
/// more than nine tenths of what the process holds and the machine, its control group or its GPU has
/// available. A stop by a signal is an Error (interrupted).
int64_t find_batch_size(const TrainingOptions& options, const data::DataModule& data, Networks& networks,
                        optim::Optimizer& optimizer, Console& console);

}  // namespace retort::trainer
