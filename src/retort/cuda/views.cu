// SPDX-License-Identifier: MIT
#include "retort/cuda/kernels.h"

namespace retort::cuda {
namespace {

constexpr int kThreads = 256;

// A block a picture: one thread draws its view, then all write its pixels, neighbours side by side.
template <class Value>
__global__ void write_views(data::ViewBatch batch) {
  __shared__ int64_t view_id;  // a number, since nothing constructs what is shared
  const int64_t i = blockIdx.x;
  if (threadIdx.x == 0) view_id = data::begin_picture(batch, i);
  __syncthreads();
  const data::Augmentation::View view = batch.augmentation.view(view_id);
  for (int64_t pixel = threadIdx.x; pixel < batch.height * batch.width; pixel += blockDim.x)
    data::write_pixel<Value>(batch, i, view, pixel);
}

}  // namespace

void launch_views(const data::ViewBatch& batch, bool is_bfloat16, cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>(batch.size);
  if (is_bfloat16)
    write_views<uint16_t><<<blocks, kThreads, 0, stream>>>(batch);
  else
    write_views<float><<<blocks, kThreads, 0, stream>>>(batch);
}

}  // namespace retort::cuda
