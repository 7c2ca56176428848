// SPDX-License-Identifier: MIT
#include "retort/tracking/evaluation_record.h"

#include <algorithm>
#include <cmath>

#include "retort/tracking/softmax.h"

namespace retort::tracking {
namespace {

using Row = std::span<const float>;

int64_t first_choice(Row logits) { return std::max_element(logits.begin(), logits.end()) - logits.begin(); }

ClassifierFigures figures_of(std::span<const float> logits, std::span<const int64_t> labels, size_t classes) {
  ClassifierFigures figures{.bins = std::vector<ReliabilityBin>(kReliabilityBins)};
  const auto total = static_cast<double>(labels.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    const Row row = logits.subspan(i * classes, classes);
    const std::vector<double> probabilities = softmax(row, /*temperature=*/1);
    const int64_t choice = first_choice(row);
    const double confidence = probabilities[static_cast<size_t>(choice)];
    const bool is_right = choice == labels[i];
    const auto index = static_cast<int64_t>(std::ceil(confidence * kReliabilityBins)) - 1;
    ReliabilityBin& bin =
        figures.bins[static_cast<size_t>(std::clamp<int64_t>(index, 0, kReliabilityBins - 1))];
    ++bin.count;
    bin.confidence += confidence;
    bin.accuracy += is_right;
    figures.accuracy += is_right / total;
    figures.nll += negative_log_softmax(row, static_cast<size_t>(labels[i])) / total;
  }
  for (ReliabilityBin& bin : figures.bins) {
    if (bin.count == 0) continue;
    figures.ece += std::abs(bin.accuracy - bin.confidence) / total;
    bin.confidence /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
  }
  return figures;
}

struct Candidate {
  size_t index = 0;
  double surety = 0;
};

// Where student and teacher disagree; without a teacher, where the student is wrong.
std::vector<Candidate> find_samples(const Predictions& predictions, size_t classes) {
  std::vector<Candidate> found;
  const bool has_teacher = !predictions.teacher.empty();
  for (size_t i = 0; i < predictions.labels.size(); ++i) {
    const Row student = predictions.student.subspan(i * classes, classes);
    const Row other = has_teacher ? predictions.teacher.subspan(i * classes, classes) : student;
    const int64_t expected = has_teacher ? first_choice(other) : predictions.labels[i];
    if (first_choice(student) == expected) continue;
    found.push_back({i, softmax(other, /*temperature=*/1)[static_cast<size_t>(first_choice(other))]});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.surety > b.surety; });
  return found;
}

}  // namespace

EvaluationRecord describe_predictions(const Predictions& predictions, std::string split,
                                      std::vector<std::string> class_names, size_t most_samples) {
  const size_t classes = class_names.size();
  const size_t count = predictions.labels.size();
  EvaluationRecord record{.split = std::move(split),
                          .count = static_cast<int64_t>(count),
                          .temperature = predictions.temperature,
                          .class_names = std::move(class_names)};
  record.confusion.assign(classes, std::vector<int64_t>(classes));
  int64_t agreeing = 0;
  for (size_t i = 0; i < count; ++i) {
    const int64_t choice = first_choice(predictions.student.subspan(i * classes, classes));
    ++record.confusion[static_cast<size_t>(predictions.labels[i])][static_cast<size_t>(choice)];
    if (!predictions.teacher.empty())
      agreeing += choice == first_choice(predictions.teacher.subspan(i * classes, classes));
  }
  record.student = figures_of(predictions.student, predictions.labels, classes);
  if (!predictions.teacher.empty()) {
    record.teacher = figures_of(predictions.teacher, predictions.labels, classes);
    record.agreement = count > 0 ? static_cast<double>(agreeing) / static_cast<double>(count) : 0;
  }
  std::vector<Candidate> found = find_samples(predictions, classes);
  found.resize(std::min(found.size(), most_samples));
  for (const Candidate& candidate : found) {
    SamplePrediction sample{.id = static_cast<int64_t>(candidate.index),
                            .label = predictions.labels[candidate.index]};
    sample.student = softmax(predictions.student.subspan(candidate.index * classes, classes), 1);
    if (!predictions.teacher.empty()) {
      const Row teacher = predictions.teacher.subspan(candidate.index * classes, classes);
      sample.teacher = softmax(teacher, 1);
      sample.soft_targets = softmax(predictions.soft_teacher.subspan(candidate.index * classes, classes),
                                    predictions.temperature);
    }
    record.samples.push_back(std::move(sample));
  }
  return record;
}

}  // namespace retort::tracking
