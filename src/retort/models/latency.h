// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "retort/models/model.h"

namespace retort::models {

/// How long to go on measuring: at least so many seconds and calls, at most so many calls.
struct MeasuringTime {
  double seconds = 0.5;
  size_t fewest_calls = 20, most_calls = 200;
};

/// Milliseconds of each call, after a few calls that warm up. A stop by a signal ends it early.
std::vector<double> time_calls(const std::function<void()>& call, const MeasuringTime& time);

/// The value below which this share of the values lies, in [0, 1]; values must not be empty.
double quantile(std::vector<double> values, double share);

/// Milliseconds of each answer to one picture, in evaluation mode and the type of the network's weights; the
/// mode is put back.
std::vector<double> measure_latency(Model& model, const Task& task, const MeasuringTime& time = {});

}  // namespace retort::models
