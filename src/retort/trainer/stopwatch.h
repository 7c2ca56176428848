// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <utility>

namespace retort::trainer {

/// Seconds since it was made, or last asked.
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace retort::trainer
