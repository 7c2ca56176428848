// SPDX-License-Identifier: MIT
#include "retort/cuda/graph.h"

#include <ATen/Functions.h>

#include "device.h"

namespace retort::cuda {
namespace {

using Graph = OnGpu;

TEST_F(Graph, ReplayDoesTheWorkOnWhatLiesThereNow) {
  const torch::Tensor input = at::zeros({8}, torch::TensorOptions(device_));
  const torch::Tensor sum = at::zeros({8}, input.options());
  int calls = 0;
  const auto repeater = make_graph_repeater([](const std::string& reason) { ADD_FAILURE() << reason; });
  double expected = 0;
  for (int i = 0; i < 10; ++i) {
    input.fill_(i);
    expected += i * i;
    repeater->run([&] {
      ++calls;
      sum.add_(input * input);
    });
  }
  EXPECT_TRUE(at::equal(sum.cpu(), at::full({8}, expected)));
  EXPECT_EQ(calls, 4);  // three to warm up, one to record
}

TEST_F(Graph, HeedsTheSeedOfEachLaunch) {
  const torch::Tensor drawn = at::zeros({64}, torch::TensorOptions(device_));
  const auto repeater = make_graph_repeater([](const std::string& reason) { ADD_FAILURE() << reason; });
  for (int i = 0; i < 8; ++i) {
    torch::manual_seed(i);
    repeater->run([&] { drawn.copy_(at::rand({64}, drawn.options())); });
    const torch::Tensor found = drawn.clone();
    torch::manual_seed(i);
    EXPECT_TRUE(at::equal(found, at::rand({64}, drawn.options()))) << i;
  }
}

TEST_F(Graph, WorkThatWaitsIsCalledEachTime) {
  const torch::Tensor value = at::ones({1}, torch::TensorOptions(device_));
  std::string reason;
  const auto repeater = make_graph_repeater([&](const std::string& said) { reason = said; });
  int calls = 0;
  for (int i = 0; i < 6; ++i) repeater->run([&] { calls += static_cast<int>(value.item<float>()); });
  EXPECT_FALSE(reason.empty());
  EXPECT_EQ(calls, 6);
  EXPECT_EQ((value + 1).item<float>(), 2);  // the stream is none the worse
}

}  // namespace
}  // namespace retort::cuda
