// SPDX-License-Identifier: MIT
#pragma once

#include <cuda_runtime_api.h>

#include "retort/data/view_batch.h"
#include "retort/methods/hinton_rows.h"

namespace retort::cuda {

/// Launch a kernel and return; what cannot be launched is left in cudaGetLastError(). All addresses are in
/// the stream's device.
void launch_views(const data::ViewBatch& batch, bool is_bfloat16, cudaStream_t stream);
void launch_hinton_rows(const methods::HintonRows& rows, cudaStream_t stream);

}  // namespace retort::cuda
