// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// What teacher.logits names: a safetensors file with "logits", [N, C] or [N, V, C] in the order of the
/// training files (V: the views of data.augmentation, in the order of Augmentation). Comes back as float32
/// [N, V, C], and its accuracy is said. An Error (checkpoint) when it is of another size or not finite.
torch::Tensor load_recorded_logits(const TrainingOptions& options, const data::DataModule& data,
                                   Console& console);

}  // namespace retort::trainer
