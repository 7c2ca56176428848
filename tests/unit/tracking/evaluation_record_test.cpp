// SPDX-License-Identifier: MIT
#include "retort/tracking/evaluation_record.h"

#include <cmath>

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

// Logits whose softmax is (p, 1 - p).
void append(std::vector<float>& logits, double p) {
  logits.push_back(static_cast<float>(std::log(p)));
  logits.push_back(static_cast<float>(std::log(1 - p)));
}

struct Example {
  std::vector<float> student, teacher;
  std::vector<int64_t> labels;

  EvaluationRecord describe() const {
    return describe_predictions(
        {.student = student, .teacher = teacher, .soft_teacher = teacher, .labels = labels, .temperature = 2},
        "test", {"cat", "dog"}, /*most_samples=*/2);
  }
};

// Four pictures: confidences 0.9, 0.9, 0.6, 0.8; the second and the third are wrong.
Example example() {
  Example made;
  for (const double p : {0.9, 0.9, 0.6, 0.2}) append(made.student, p);
  made.labels = {0, 1, 1, 1};
  return made;
}

TEST(EvaluationRecord, CountsAndMeasures) {
  const EvaluationRecord record = example().describe();
  EXPECT_EQ(record.count, 4);
  EXPECT_EQ(record.confusion, (std::vector<std::vector<int64_t>>{{1, 0}, {2, 1}}));
  EXPECT_DOUBLE_EQ(record.student.accuracy, 0.5);
  EXPECT_NEAR(record.student.nll, -(std::log(0.9) + std::log(0.1) + std::log(0.4) + std::log(0.8)) / 4, 1e-6);
  // Bins of width 1/15: 0.9 twice (accuracy 1/2), 0.6 alone (0), 0.8 alone (1).
  EXPECT_NEAR(record.student.ece, 0.5 * std::abs(0.5 - 0.9) + 0.25 * 0.6 + 0.25 * 0.2, 1e-6);
  EXPECT_FALSE(record.teacher);
  ASSERT_EQ(record.samples.size(), 2u);  // the mistakes, the surest first
  EXPECT_EQ(record.samples[0].id, 1);
  EXPECT_EQ(record.samples[1].id, 2);
}

TEST(EvaluationRecord, ShowsWhereTheTeacherDisagrees) {
  Example made = example();
  for (const double p : {0.7, 0.01, 0.6, 0.8}) append(made.teacher, p);
  const EvaluationRecord record = made.describe();
  ASSERT_TRUE(record.teacher);
  EXPECT_DOUBLE_EQ(record.agreement, 0.5);
  EXPECT_DOUBLE_EQ(record.teacher->accuracy, 0.5);
  ASSERT_EQ(record.samples.size(), 2u);
  EXPECT_EQ(record.samples[0].id, 1);  // the teacher is surest there
  EXPECT_EQ(record.samples[1].id, 3);
  EXPECT_NEAR(record.samples[0].teacher[1], 0.99, 1e-6);
  const double odds = std::sqrt(0.99 / 0.01);  // temperature 2
  EXPECT_NEAR(record.samples[0].soft_targets[1], odds / (1 + odds), 1e-6);
}

TEST(EvaluationRecord, ReadsBackWhatItWrote) {
  Example made = example();
  for (const double p : {0.7, 0.01, 0.6, 0.8}) append(made.teacher, p);
  const EvaluationRecord record = made.describe();
  const auto read = parse_evaluation_record(to_json(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(record));
}

TEST(EvaluationRecord, IsRefusedWhereItContradictsItself) {
  const std::string text = to_json(example().describe());
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return changed.replace(at, from.size(), to);
  };
  EXPECT_FALSE(parse_evaluation_record(replaced("[[1,0],[2,1]]", "[[1,0],[2]]")));
  EXPECT_FALSE(parse_evaluation_record(replaced("[[1,0],[2,1]]", "[[1,0],[2,-1]]")));
  EXPECT_FALSE(parse_evaluation_record(replaced("\"label\":1", "\"label\":2")));
  EXPECT_FALSE(parse_evaluation_record(replaced("\"picture\":\"\"", "\"picture\":\"../../etc/passwd\"")));
  EXPECT_FALSE(parse_evaluation_record(text.substr(0, text.size() / 2)));
}

}  // namespace
}  // namespace retort::tracking
