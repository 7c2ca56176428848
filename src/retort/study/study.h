// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "retort/core/console.h"
#include "retort/study/study_options.h"
#include "retort/trainer/training.h"

namespace retort::study {

/// One row of the comparison.
struct Arm {
  std::string name;          // "teacher", "student alone", "student distilled"
  std::string architecture;  // for people
  metrics::Classification test;
  models::Cost cost;
  double seconds = 0;  // of training; 0 for a teacher that was there already
};

/// Trains what is missing (a teacher's file that is there is taken) and returns the three arms, in that
/// order. Each training leaves its files in a folder of its own below `run_directory`.
std::vector<Arm> run_study(const StudyOptions& options, const std::filesystem::path& run_directory,
                           Console& console);

/// The arms as a table of at most 80 columns, and what follows from them in words.
std::string study_table(const std::vector<Arm>& arms);

}  // namespace retort::study
