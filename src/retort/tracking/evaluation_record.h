// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retort::tracking {

/// Predictions whose confidence, the probability of the first choice, lies in one of kReliabilityBins equal
/// parts of (0, 1].
struct ReliabilityBin {
  int64_t count = 0;
  double confidence = 0, accuracy = 0;  // means over the bin
};
constexpr int64_t kReliabilityBins = 15;

/// How good a classifier is, and how well it knows (Guo et al., arXiv:1706.04599).
struct ClassifierFigures {
  double accuracy = 0;
  double nll = 0;  // mean cross-entropy with the labels
  double ece = 0;  // expected calibration error: sum over bins of count / N * |accuracy - confidence|
  std::vector<ReliabilityBin> bins{};
};

/// A picture, and what was said of it. Probabilities are one a class.
struct SamplePrediction {
  int64_t id = 0, label = 0;           // its index in the split
  std::string picture{};               // a PNG file in the run's folder
  std::vector<double> student{};       // at temperature 1
  std::vector<double> teacher{};       // at temperature 1; empty without a teacher
  std::vector<double> soft_targets{};  // the teacher's, at the temperature of the training
};

/// What the trained network says of a split, and what its teacher says: evaluation.json in the run's folder.
struct EvaluationRecord {
  std::string split{};
  int64_t count = 0;
  double temperature = 1;
  std::vector<std::string> class_names{};
  std::vector<std::vector<int64_t>> confusion{};  // [label][first choice]
  ClassifierFigures student{};
  std::optional<ClassifierFigures> teacher{};
  double agreement = 0;                     // share of pictures with the same first choice as the teacher's
  std::vector<SamplePrediction> samples{};  // where student and teacher disagree, the teacher surest first;
                                            // without a teacher the mistakes, the surest first
};

/// Logits, row-major [N, C], and labels [N] in [0, C).
struct Predictions {
  std::span<const float> student;
  std::span<const float> teacher;       // empty without a teacher
  std::span<const float> soft_teacher;  // the same, as combined at `temperature`
  std::span<const int64_t> labels;
  double temperature = 1;
};

/// Figures and at most `most_samples` samples, their pictures still to be named.
EvaluationRecord describe_predictions(const Predictions& predictions, std::string split,
                                      std::vector<std::string> class_names, size_t most_samples);

std::string to_json(const EvaluationRecord& record);
/// Nothing where the text is no such record, or one whose numbers contradict each other.
std::optional<EvaluationRecord> parse_evaluation_record(std::string_view text);

}  // namespace retort::tracking
