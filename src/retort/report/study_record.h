// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::report {

/// One of the networks that a study compares, over its seeds.
struct StudyArm {
  std::string name{}, network{};
  std::vector<double> accuracies{};  // in [0, 1], a value a training; of the others none or as many
  std::vector<double> errors{}, losses{}, calibration_errors{}, agreements{};
  std::vector<std::string>
      folders{};  // of the trainings, seen from the study's; none for networks from elsewhere
};

/// What a study found: results.json of `retort study`.
struct StudyRecord {
  std::vector<int64_t> seeds{};
  bool is_of_test_set = true;           // else of pictures held out of the training set
  std::vector<StudyArm> arms{};         // the teacher first
  std::vector<std::string> verdicts{};  // a line a way to distil
  std::vector<std::string> class_bias{};
};

/// Nothing where the text is no such record, or one whose numbers contradict each other.
std::optional<StudyRecord> parse_study_record(std::string_view text);

}  // namespace retort::report
