// SPDX-License-Identifier: MIT
#pragma once

namespace retort {

/// NVIDIA GPUs that this process may use: what the driver says, CUDA_VISIBLE_DEVICES heeded; 0 where there is
/// no driver. The first call wakes the driver, which takes a tenth of a second.
int count_nvidia_gpus();

}  // namespace retort
