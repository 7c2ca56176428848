// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <torch/utils.h>

#include "retort/core/gpu.h"
#include "retort/cuda/device.h"
#include "retort/distributed/gradient_sync.h"
#include "unit/distributed/ranks.h"

namespace retort::distributed {
namespace {

TEST(Nccl, AveragesGradientsBetweenTwoGpus) {
  if (count_nvidia_gpus() < 2) GTEST_SKIP() << "needs two NVIDIA GPUs";
  const auto work = [](Group& group) {
    const int rank = group.place().rank;
    const torch::Device device = cuda::enter_device(rank);
    torch::Tensor weights = torch::full({100'000}, 1.0f + static_cast<float>(rank), device);
    weights.set_requires_grad(true);
    GradientSync sync(group, {weights});
    EXPECT_TRUE(weights.eq(1).all().item<bool>());  // rank 0's
    for (int step = 0; step < 3; ++step) {
      weights.mutable_grad().reset();
      sync.backward((weights * static_cast<double>(rank + 1)).sum());
      EXPECT_TRUE(weights.grad().eq(1.5).all().item<bool>());
    }
    group.expect_same({weights.grad()});
    double ranks = 1;
    group.sum({&ranks, 1});
    EXPECT_EQ(ranks, 2);
  };
  run_as_ranks(2, work, /*has_gpus=*/true);
}

}  // namespace
}  // namespace retort::distributed
