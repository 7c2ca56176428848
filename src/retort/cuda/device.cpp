// SPDX-License-Identifier: MIT
#include "retort/cuda/device.h"

#include <optional>

#include <ATen/ops/zeros.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/cuda/kernels.h"
#include "retort/methods/fused_hinton.h"

namespace retort::cuda {
namespace {

void run_hinton_rows(const methods::HintonRows& rows) {
  launch_hinton_rows(rows, c10::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

torch::Device enter_device(int index) {
  const torch::Device device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
  static thread_local std::optional<torch::Device> entered;
  if (entered == device) return device;
  try {
    c10::cuda::set_device(device.index());
    c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index()));
    at::zeros({1}, at::TensorOptions(device)).item<float>();  // a kernel, and its result
  } catch (const c10::Error& error) {
    throw Error(ExitCode::resources, fmt::format("trainer.accelerator=cuda: the GPU cannot be used: {}",
                                                 error.what_without_backtrace()));
  }
  methods::set_hinton_rows(torch::kCUDA, run_hinton_rows);
  entered = device;
  return device;
}

void write_views(const data::ViewBatch& batch, torch::Dtype dtype) {
  launch_views(batch, dtype == torch::kBFloat16, c10::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

std::string name_of(torch::Device device) {
  cudaDeviceProp properties{};
  C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, device.index()));
  return properties.name;
}

Memory memory_of(torch::Device device) {
  constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device.index());
  size_t free = 0, total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  const auto& held = stats.allocated_bytes[kAll];
  return {.held = static_cast<double>(held.current),
          .peak = static_cast<double>(held.peak),
          .limit = static_cast<double>(stats.reserved_bytes[kAll].current) + static_cast<double>(free)};
}

void reset_memory_peak(torch::Device device) {
  c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
}

}  // namespace retort::cuda
