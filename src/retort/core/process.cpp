// SPDX-License-Identifier: MIT
#include "retort/core/process.h"

#include <cstdlib>

#include <malloc.h>

namespace retort {

void tune_process() {
#ifdef __GLIBC__
  // A threshold alone does not do: glibc maps all blocks above 32 MiB whatever it says.
  if (std::getenv("MALLOC_MMAP_MAX_") == nullptr) mallopt(M_MMAP_MAX, 0);
  if (std::getenv("MALLOC_TRIM_THRESHOLD_") == nullptr) mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
  if (std::getenv("MALLOC_TOP_PAD_") == nullptr) mallopt(M_TOP_PAD, 64 << 20);
#endif
}

}  // namespace retort
