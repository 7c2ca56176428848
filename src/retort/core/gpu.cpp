// SPDX-License-Identifier: MIT
#include "retort/core/gpu.h"

#include <dlfcn.h>

namespace retort {

// The driver's own library, so that a program without CUDA's asks too. It is never closed: it does not like
// to be.
int count_nvidia_gpus() {
  static const int count = [] {
    void* const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr) return 0;
    // CUresult cuInit(unsigned), cuDeviceGetCount(int*); 0 is CUDA_SUCCESS
    const auto init = reinterpret_cast<int (*)(unsigned)>(dlsym(driver, "cuInit"));
    const auto get_count = reinterpret_cast<int (*)(int*)>(dlsym(driver, "cuDeviceGetCount"));
    int found = 0;
    if (init == nullptr || get_count == nullptr || init(0) != 0 || get_count(&found) != 0) return 0;
    return found;
  }();
  return count;
}

}  // namespace retort
