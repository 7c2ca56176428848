// SPDX-License-Identifier: MIT
#include "retort/trainer/compute_settings.h"

#include <cstdlib>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/anomaly_mode.h>

namespace retort::trainer {

void apply_compute_settings(const TrainerOptions& options) {
  at::globalContext().setFlushDenormal(true);
  if (options.num_threads > 0) at::set_num_threads(options.num_threads);
  at::globalContext().setDeterministicAlgorithms(options.deterministic, /*warn_only=*/false);
  if (options.accelerator == Accelerator::cuda) {
    // Without it cuBLAS may add up in another order each time, and LibTorch refuses products.
    if (options.deterministic) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
    at::globalContext().setBenchmarkCuDNN(options.benchmark);
    at::globalContext().setAllowTF32CuDNN(options.allows_tf32);
    at::globalContext().setFloat32MatmulPrecision(options.allows_tf32 ? "high" : "highest");
  }
  torch::autograd::AnomalyMode::set_enabled(options.detect_anomaly);
}

}  // namespace retort::trainer
