// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "retort/config/node.h"
#include "retort/trainer/training_options.h"

namespace retort::study {

/// One of the ways to distil that a study compares, and the control that it is compared with.
struct Variant {
  std::string label;         // "temperature=20", "student=mlp 30"; empty where there is one variant
  std::string student;       // its part that the control shares: "student=mlp 30"; empty where all share one
  config::Node changes;      // over the study's configuration, for the distilled student
  config::Node for_control;  // likewise, for the student alone
};

/// What networks are compared by. What chooses a setting must be `validation`.
enum class Split { test, validation };

/// `retort study`: for each seed a teacher, the student alone and the student distilled in one or several
/// ways, by one configuration but for what `study.ARM` and `study.grid` change in it.
struct StudyOptions {
  config::Node config{};                         // without the study's own keys
  config::Node teacher{}, student{}, distill{};  // what study.ARM changes
  std::vector<Variant> variants{};               // of study.grid, every combination; one where it is empty
  std::vector<uint64_t> seeds{};
  std::vector<uint64_t> teacher_seeds{};  // an ensemble that teaches every student; empty: one teacher a seed
  std::vector<std::string> teacher_files{};  // teachers that are there already; empty: they are trained
  std::filesystem::path folder{};            // of all trainings, each in a folder named by its hash
  int n_jobs = 0;  // processes that train side by side; 0: as many as seeds, but not more than cores
  Split split = Split::test;
  std::vector<std::pair<int64_t, double>> class_bias{};  // added to the logits of a class, for a second look

  static StudyOptions from(const config::Node& config);

  // The options of one training.
  trainer::TrainingOptions teacher_training(uint64_t seed) const;
  trainer::TrainingOptions control_training(const Variant& variant, uint64_t seed) const;
  trainer::TrainingOptions distilled_training(const Variant& variant, uint64_t seed,
                                              const std::vector<std::string>& teachers) const;
};

/// What a training depends on, as 16 hexadecimal digits: two trainings with one hash give one network.
std::string hash_of(const trainer::TrainingOptions& options);

}  // namespace retort::study
