// SPDX-License-Identifier: MIT
#include "retort/metrics/quality.h"

#include <gtest/gtest.h>

#include "quality_golden.h"

namespace retort::metrics {
namespace {

torch::Tensor logits_of(const std::vector<double>& values) {
  return torch::tensor(values, torch::kDouble).view({kSamples, kClasses});
}

TEST(Quality, AgreesWithNumPy) {
  const Quality quality = measure_quality(logits_of(kStudentLogits), torch::tensor(kQualityLabels));
  EXPECT_EQ(quality.samples, kSamples);
  EXPECT_EQ(quality.errors, kErrors);
  EXPECT_DOUBLE_EQ(quality.accuracy_top5, kTop5);
  EXPECT_NEAR(quality.nll, kNll, 1e-12);
  EXPECT_NEAR(quality.brier, kBrier, 1e-12);
  EXPECT_NEAR(quality.ece, kEce, 1e-12);
  ASSERT_EQ(quality.bins.size(), kBinSamples.size());
  for (size_t i = 0; i < kBinSamples.size(); ++i) EXPECT_EQ(quality.bins[i].samples, kBinSamples[i]) << i;
  ASSERT_EQ(quality.classes.size(), kClassHits.size());
  for (size_t i = 0; i < kClassHits.size(); ++i) {
    EXPECT_EQ(quality.classes[i].hits, kClassHits[i]);
    EXPECT_EQ(quality.classes[i].predicted, kClassPredicted[i]);
  }
}

TEST(Quality, OfCertainAndRightPredictionsIsPerfect) {
  const torch::Tensor labels = torch::tensor({0, 2, 1}, torch::kInt64);
  const Quality quality = measure_quality(1000 * torch::one_hot(labels, 3).to(torch::kFloat), labels);
  EXPECT_EQ(quality.errors, 0);
  EXPECT_NEAR(quality.brier, 0, 1e-12);
  EXPECT_NEAR(quality.ece, 0, 1e-12);
  EXPECT_EQ(quality.bins.back().samples, 3);
}

TEST(Quality, CertainAndWrongIsTheWorst) {
  const torch::Tensor labels = torch::tensor({1, 1}, torch::kInt64);
  const Quality quality = measure_quality(torch::tensor({{1000., 0.}, {1000., 0.}}), labels);
  EXPECT_NEAR(quality.brier, 2, 1e-12);
  EXPECT_NEAR(quality.ece, 1, 1e-12);
}

TEST(Agreement, AgreesWithNumPy) {
  const Agreement agreement = measure_agreement(logits_of(kStudentLogits), logits_of(kTeacherLogits));
  EXPECT_DOUBLE_EQ(agreement.top1, kAgreement);
  EXPECT_NEAR(agreement.kl, kKl, 1e-12);
}

TEST(Agreement, WithOneselfIsWholeAndAConstantChangesNothing) {
  const torch::Tensor logits = logits_of(kStudentLogits);
  const Agreement agreement = measure_agreement(logits, logits + 3);
  EXPECT_EQ(agreement.top1, 1);
  EXPECT_NEAR(agreement.kl, 0, 1e-12);
}

}  // namespace
}  // namespace retort::metrics
