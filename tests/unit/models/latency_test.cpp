// SPDX-License-Identifier: MIT
#include "retort/models/latency.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace retort::models {
namespace {

TEST(TimeCalls, MeasuresEachCallAndNoMoreThanAskedFor) {
  const auto call = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
  const auto times = time_calls(call, {.seconds = 60, .fewest_calls = 5, .most_calls = 8});
  EXPECT_EQ(times.size(), 8u);
  EXPECT_GE(*std::min_element(times.begin(), times.end()), 1.0);
  EXPECT_EQ(time_calls(call, {.seconds = 0, .fewest_calls = 5, .most_calls = 8}).size(), 5u);
}

TEST(Quantile, IsOneOfTheValues) {
  EXPECT_EQ(quantile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(quantile({4, 1, 2, 3}, 0), 1);
  EXPECT_EQ(quantile({4, 1, 2, 3}, 0.99), 4);
  EXPECT_EQ(quantile({7}, 0.99), 7);
}

TEST(MeasureLatency, LeavesTheNetworkAsItWas) {
  const auto model = make_model({.name = "resnet8"}, {});
  for (const bool is_training : {true, false}) {
    model->train(is_training);
    const auto times = measure_latency(*model, {}, {.seconds = 0, .fewest_calls = 3});
    EXPECT_EQ(times.size(), 3u);
    EXPECT_GT(times[0], 0);
    EXPECT_EQ(model->is_training(), is_training);
  }
  model->to(torch::kBFloat16);
  EXPECT_EQ(measure_latency(*model, {}, {.seconds = 0, .fewest_calls = 1}).size(), 1u);
}

}  // namespace
}  // namespace retort::models
