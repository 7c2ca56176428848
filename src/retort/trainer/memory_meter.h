// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

namespace retort::trainer {

/// The memory that a training takes: the process's on a processor, that of its tensors on a GPU.
class MemoryMeter {
 public:
  explicit MemoryMeter(torch::Device device) : device_(device) {}

  double held_bytes() const;
  double limit_bytes() const;  // held and still to be had
  /// The most that was held at once since reset_peak().
  double peak_bytes() const;
  void reset_peak() const;

 private:
  torch::Device device_;
};

}  // namespace retort::trainer
