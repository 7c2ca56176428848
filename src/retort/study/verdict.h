// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "retort/study/statistics.h"

namespace retort::study {

/// One arm of a study, over its seeds.
struct ArmFigures {
  std::string name{};          // "teacher", "student alone", "distilled, temperature=20"
  std::string architecture{};  // for people
  double parameters = 0, flops = 0;
  std::vector<double> accuracies{};  // of the last epoch on the test set, in [0, 1], a value a seed
  std::vector<double> errors{}, losses{}, calibration_errors{},
      agreements{};                              // likewise; agreements may be empty
  std::vector<std::filesystem::path> folders{};  // of the trainings; empty for a network from elsewhere
};

/// What follows from the accuracies of the control and of a distilled student over the same seeds, in words:
/// "distillation helps: +0.42 +- 0.11 points (95 % interval +0.12 to +0.72), p = 0.004, 5 seeds",
/// "distillation hurts: ...", "no evidence: ...". Evidence is p < 0.05 of the paired test over three seeds or
/// more.
std::string verdict(const std::vector<double>& control_accuracies, const std::vector<double>& accuracies);

/// The arms as a table of at most 80 columns, lines ending in '\n': mean and deviation of accuracy and
/// errors, means of loss, calibration error and agreement with the teacher.
std::string arms_table(const std::vector<ArmFigures>& arms, bool is_unicode);

}  // namespace retort::study
