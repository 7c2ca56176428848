// SPDX-License-Identifier: MIT
#include "retort/cuda/waits.h"

#include <c10/cuda/CUDAFunctions.h>

namespace retort::cuda {

RefuseWaits::RefuseWaits() {
  c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_ERROR);
}

RefuseWaits::~RefuseWaits() {
  c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_DISABLED);
}

}  // namespace retort::cuda
