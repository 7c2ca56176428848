// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <torch/types.h>

#include "retort/data/resident_loader.h"

namespace retort::cuda {

/// Makes this thread compute on a GPU of the machine: from now on CUDA tensors are its, work is asked for on
/// a stream of its own, so that it can be captured, and fused_hinton_loss() takes its logits. An Error
/// (resources) where it cannot be used. A build without CUDA has none, and nothing here may be called.
torch::Device enter_device(int index);

/// data::WriteViews on the GPU that the addresses belong to.
void write_views(const data::ViewBatch& batch, torch::Dtype dtype);

/// "NVIDIA H200".
std::string name_of(torch::Device device);

/// Bytes of a device's memory.
struct Memory {
  double held = 0;   // by tensors
  double peak = 0;   // the most that they held at once since reset_memory_peak()
  double limit = 0;  // what they hold, what is kept ready for them, and what is free
};
Memory memory_of(torch::Device device);
void reset_memory_peak(torch::Device device);

}  // namespace retort::cuda
