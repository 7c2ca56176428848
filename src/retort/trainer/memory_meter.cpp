// SPDX-License-Identifier: MIT
#include "retort/trainer/memory_meter.h"

#include "retort/core/memory.h"
#include "retort/cuda/device.h"

namespace retort::trainer {

double MemoryMeter::held_bytes() const {
  return device_.is_cuda() ? cuda::memory_of(device_).held : static_cast<double>(resident_memory());
}

double MemoryMeter::limit_bytes() const {
  return device_.is_cuda() ? cuda::memory_of(device_).limit : static_cast<double>(memory_limit());
}

double MemoryMeter::peak_bytes() const {
  return device_.is_cuda() ? cuda::memory_of(device_).peak : static_cast<double>(memory_peak());
}

void MemoryMeter::reset_peak() const {
  if (device_.is_cuda())
    cuda::reset_memory_peak(device_);
  else
    reset_memory_peak();
}

}  // namespace retort::trainer
