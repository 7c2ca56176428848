// SPDX-License-Identifier: MIT
#include "retort/models/latency.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <c10/core/InferenceMode.h>
#include <torch/types.h>

#include "retort/core/stop.h"

namespace retort::models {

std::vector<double> time_calls(const std::function<void()>& call, const MeasuringTime& time) {
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  constexpr int kWarmUp = 5;
  for (int i = 0; i < kWarmUp && !stop_requested(); ++i) call();
  std::vector<double> times;
  const auto start = Clock::now();
  const auto has_enough = [&] {
    return times.size() >= time.most_calls ||
           (times.size() >= time.fewest_calls && Clock::now() - start >= Milliseconds(1000 * time.seconds));
  };
  do {
    const auto begin = Clock::now();
    call();
    times.push_back(Milliseconds(Clock::now() - begin).count());
  } while (!has_enough() && !stop_requested());
  return times;
}

double quantile(std::vector<double> values, double share) {
  const auto place = std::lround(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<size_t>(place)];
}

std::vector<double> measure_latency(Model& model, const Task& task, const MeasuringTime& time) {
  const c10::InferenceMode inference;
  const bool was_training = model.is_training();
  model.eval();
  const auto options = model.parameters().at(0).options().requires_grad(false);
  const torch::Tensor picture = torch::zeros({1, task.channels, task.height, task.width}, options)
                                    .contiguous(torch::MemoryFormat::ChannelsLast);
  std::vector<double> times = time_calls([&] { model.forward(picture).logits.cpu(); }, time);
  model.train(was_training);
  return times;
}

}  // namespace retort::models
