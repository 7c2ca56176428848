// SPDX-License-Identifier: MIT
#pragma once

#include "retort/trainer/options.h"

namespace retort::trainer {

/// trainer.num_threads, deterministic, benchmark, float32_matmul_precision and detect_anomaly, for all that
/// this process computes. Before its
/// first operation: OpenMP's threads take the settings over from the one that starts them.
void apply_compute_settings(const TrainerOptions& options);

}  // namespace retort::trainer
