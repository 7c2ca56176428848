// SPDX-License-Identifier: MIT
#include "retort/cuda/kernels.h"

namespace retort::cuda {
namespace {

using methods::HintonRows;
using methods::SoftmaxSums;
using Products = HintonRows::Products;

constexpr int kWarp = 32;
constexpr unsigned kAllLanes = 0xFFFFFFFF;

__device__ SoftmaxSums from_lane(const SoftmaxSums& of, int distance) {
  SoftmaxSums other;
  other.highest = __shfl_xor_sync(kAllLanes, of.highest, distance);
  other.plain = __shfl_xor_sync(kAllLanes, of.plain, distance);
  other.softened = __shfl_xor_sync(kAllLanes, of.softened, distance);
  return other;
}

__device__ Products from_lane(const Products& of, int distance) {
  return {__shfl_xor_sync(kAllLanes, of.with_target, distance),
          __shfl_xor_sync(kAllLanes, of.plain, distance)};
}

// Of a block's shared memory; nothing constructs it.
template <class T, int kSize>
__device__ T* shared_array() {
  alignas(T) __shared__ unsigned char bytes[kSize * sizeof(T)];
  return reinterpret_cast<T*>(bytes);
}

// The whole of what a team's members have, in each of them. A team is a warp, or several warps of a block
// that has no other team. The order of merging is fixed, so results repeat to the bit.
template <int kMembers, class Part, class Merge>
__device__ Part merged(Part part, const Merge& merge) {
  for (int distance = kWarp / 2; distance > 0; distance /= 2) merge(part, from_lane(part, distance));
  if constexpr (kMembers > kWarp) {
    constexpr int kWarps = kMembers / kWarp;
    const auto of_warps = shared_array<Part, kWarps>();
    __syncthreads();  // who read what was there before has done so
    if (threadIdx.x % kWarp == 0) of_warps[threadIdx.x / kWarp] = part;
    __syncthreads();
    part = of_warps[0];
    for (int warp = 1; warp < kWarps; ++warp) merge(part, of_warps[warp]);
  }
  return part;
}

// threadIdx.y is the team within the block, threadIdx.x the member.
template <int kMembers, int kTeams>
__global__ void hinton_rows(HintonRows rows) {
  static_assert(kTeams == 1 || kMembers == kWarp);
  const int member = threadIdx.x;
  const int64_t row = int64_t{blockIdx.x} * kTeams + threadIdx.y;
  if (row >= rows.rows) return;  // a whole warp, and no barrier follows for it
  const float inverse_temperature = 1 / rows.temperature;
  const auto merge_sums = [=](SoftmaxSums& a, const SoftmaxSums& b) { a.merge(b, inverse_temperature); };

  const SoftmaxSums of_student = merged<kMembers>(rows.gather_student(row, member, kMembers), merge_sums);
  SoftmaxSums* const distributions = shared_array<SoftmaxSums, kTeams * HintonRows::kMostTeachers>() +
                                     threadIdx.y * HintonRows::kMostTeachers;
  for (int k = 0; k < rows.distributions(); ++k) {
    const SoftmaxSums sums = merged<kMembers>(rows.gather_teacher(row, k, member, kMembers), merge_sums);
    if (member == 0) distributions[k] = sums;
  }
  if constexpr (kMembers > kWarp)
    __syncthreads();
  else
    __syncwarp();
  const Products products = merged<kMembers>(rows.finish(row, of_student, distributions, member, kMembers),
                                             [](Products& a, const Products& b) { a.merge(b); });
  if (member == 0) rows.write_terms(row, of_student, products);
}

}  // namespace

void launch_hinton_rows(const HintonRows& rows, cudaStream_t stream) {
  constexpr int kTeams = 4;             // of a warp each
  constexpr int kMembers = 512;         // of a block for one row
  constexpr int64_t kFewClasses = 512;  // a warp's share is 16 of them at most
  if (rows.classes <= kFewClasses) {
    const auto blocks = static_cast<unsigned>((rows.rows + kTeams - 1) / kTeams);
    hinton_rows<kWarp, kTeams><<<blocks, dim3(kWarp, kTeams), 0, stream>>>(rows);
  } else {
    hinton_rows<kMembers, 1><<<static_cast<unsigned>(rows.rows), dim3(kMembers, 1), 0, stream>>>(rows);
  }
}

}  // namespace retort::cuda
