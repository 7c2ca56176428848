// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace retort::tracking {

/// Named figures of one moment, in the order given: {"train/loss", 0.31}.
using Metrics = std::vector<std::pair<std::string, double>>;

/// A writer of the metric stream. Called from the training thread; must not block on a network.
class Tracker {
 public:
  virtual ~Tracker() = default;
  virtual void log(int64_t step, int64_t epoch, const Metrics& metrics) = 0;
  /// What is written so far survives a crash of the process.
  virtual void flush() = 0;
};

}  // namespace retort::tracking
