// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// A figure of a run's outcome, as tables and listings show it.
struct Outcome {
  std::string name;  // "test accuracy"
  std::string text;  // "91.24 %"; empty where the run has none
  std::optional<double> value;
  int direction = 0;  // 1: more is better, -1: less is better, 0: neither
  std::string (*to_text)(double) = nullptr;
  std::string note{};  // how far it is to be trusted: "95 %: 90.66 to 91.77"
};

/// "+0.42 %": how much more `b` is than `a`, in their unit; empty where one of them has no value.
std::string difference_text(const Outcome& a, const Outcome& b);

/// Accuracy, errors, loss, calibration, agreement, cost: the same list, in the same order, for every run.
std::vector<Outcome> outcomes_of(const Run& run);

/// Between what a share lies with 95 % confidence that was seen in `count` trials. Wilson, Probable
/// Inference, the Law of Succession, and Statistical Inference (1927).
std::pair<double, double> wilson_interval(double share, int64_t count);

/// "12.3 ms", or "5.84 µs"
std::string latency_text(double milliseconds);

/// "2026-11-24 15:23"; empty where it is no time between 1970 and 9999
std::string local_time(double unix_seconds);

}  // namespace retort::report
