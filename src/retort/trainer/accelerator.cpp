// SPDX-License-Identifier: MIT
#include "retort/trainer/accelerator.h"

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/gpu.h"

namespace retort::trainer {

const std::vector<std::string>& accelerator_names() {
  static const std::vector<std::string> names = {"auto", "cpu", "cuda", "gpu"};
  return names;
}

CudaSupport CudaSupport::of_this_process() {
#if defined(RETORT_HAS_CUDA)
  return {.is_built = true, .gpus = count_nvidia_gpus()};
#else
  return {};
#endif
}

Accelerator choose_accelerator(const std::string& name, const CudaSupport& support) {
  if (name == "cpu") return Accelerator::cpu;
  if (support.is_built && support.gpus > 0) return Accelerator::cuda;
  if (name == "auto") return Accelerator::cpu;
  throw Error(ExitCode::config,
              fmt::format("trainer.accelerator={}: {}", name,
                          support.is_built
                              ? "this machine has no NVIDIA GPU that its driver lets this process use"
                              : "this build is for the processor alone; it takes a CUDA build of PyTorch and "
                                "nvcc of the same version to build for GPUs (docs/gpu.md)"));
}

void check_gpus(int64_t processes, const CudaSupport& support) {
  if (processes <= support.gpus) return;
  throw Error(ExitCode::config,
              fmt::format("trainer.accelerator=cuda: {} processes take a GPU each, and there are {} that the "
                          "driver lets them use; trainer.accelerator=cpu trains on the processor",
                          processes, support.gpus));
}

int gpu_of(int local_rank, int local_size, const CudaSupport& support) {
  if (support.gpus == 1) return 0;
  check_gpus(local_size, support);
  return local_rank % support.gpus;
}

}  // namespace retort::trainer
