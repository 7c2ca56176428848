// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include "retort/core/gpu.h"
#include "retort/cuda/device.h"

namespace retort::cuda {

/// Tests that compute on a GPU; skipped where there is none.
class OnGpu : public testing::Test {
 protected:
  void SetUp() override {
    if (count_nvidia_gpus() == 0) GTEST_SKIP() << "no NVIDIA GPU";
    device_ = enter_device(/*index=*/0);
  }

  torch::Device device_ = torch::kCPU;
};

}  // namespace retort::cuda
