// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort::trainer {

/// What computes.
enum class Accelerator { cpu, cuda };

/// "auto", "cpu", "cuda", and Lightning's other name for it, "gpu".
const std::vector<std::string>& accelerator_names();

/// What there is of CUDA.
struct CudaSupport {
  bool is_built = false;  // this build has kernels for it
  int gpus = 0;           // of this machine, for this process

  /// Of this program, here. Asks for GPUs only where the build has a use for them.
  static CudaSupport of_this_process();
};

/// One of accelerator_names(): auto is CUDA where there is a GPU and a build for it. An Error (config) where
/// CUDA is asked for and one of the two is missing; it says which.
Accelerator choose_accelerator(const std::string& name, const CudaSupport& support);

/// An Error (config) where this machine has fewer GPUs than `processes` that take one each.
void check_gpus(int64_t processes, const CudaSupport& support);

/// The GPU of a machine's process, counted from 0 among those that it may use: each of the `local_size` takes
/// another, and where a launcher shows each but one, that one. Errors as above.
int gpu_of(int local_rank, int local_size, const CudaSupport& support);

}  // namespace retort::trainer
