// SPDX-License-Identifier: MIT
#include "retort/trainer/compute_settings.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/anomaly_mode.h>

namespace retort::trainer {

void apply_compute_settings(const TrainerOptions& options) {
  at::globalContext().setFlushDenormal(true);
  if (options.num_threads > 0) at::set_num_threads(options.num_threads);
  at::globalContext().setDeterministicAlgorithms(options.deterministic, /*warn_only=*/false);
  torch::autograd::AnomalyMode::set_enabled(options.detect_anomaly);
}

}  // namespace retort::trainer
