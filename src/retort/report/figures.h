// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// A figure of a run's outcome, as tables and listings show it.
struct Outcome {
  std::string name;  // "test accuracy"
  std::string text;  // "91.24 %"; empty where the run has none
  std::optional<double> value;
  int direction = 0;  // 1: more is better, -1: less is better, 0: neither
};

/// Accuracy, errors, loss, calibration, agreement, cost: the same list, in the same order, for every run.
std::vector<Outcome> outcomes_of(const Run& run);

/// "2026-11-24 15:23"
std::string local_time(double unix_seconds);

}  // namespace retort::report
