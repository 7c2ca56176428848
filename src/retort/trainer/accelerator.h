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

/// The GPU of one of a machine's processes, counted from 0 among the `gpus` (1 or more) that it may use: they
/// take one each, and where each may use but one, that one.
int gpu_of(int local_rank, int gpus);

/// An Error (config) where `processes` of this machine would share a GPU.
void check_gpus(int64_t processes, const CudaSupport& support);

}  // namespace retort::trainer
