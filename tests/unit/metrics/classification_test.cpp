// SPDX-License-Identifier: MIT
#include "retort/metrics/classification.h"

#include <cmath>
#include <limits>

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "classification_golden.h"

namespace retort::metrics {
namespace {

using golden::kClasses;
using golden::kSamples;

torch::Tensor golden_logits() {
  return at::tensor(golden::kLogits, torch::kDouble).view({kSamples, kClasses}).to(torch::kFloat);
}
torch::Tensor golden_labels() { return at::tensor(golden::kLabels, torch::kLong); }

Classification measure(const torch::Tensor& logits, const torch::Tensor& labels) {
  ClassificationMeter meter;
  meter.update(logits, labels);
  return meter.compute();
}

TEST(Classification, MatchesPyTorch) {
  const Classification figures = measure(golden_logits(), golden_labels());
  EXPECT_NEAR(figures.loss, golden::kLoss, 1e-6);
  EXPECT_EQ(figures.accuracy_top1, static_cast<double>(golden::kTop1) / kSamples);
  EXPECT_EQ(figures.accuracy_top5, static_cast<double>(golden::kTop5) / kSamples);
  EXPECT_EQ(figures.errors, kSamples - golden::kTop1);
  EXPECT_EQ(figures.samples, kSamples);
}

TEST(Classification, DoesNotDependOnHowSamplesAreBatched) {
  ClassificationMeter meter;
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 12}, {12, kSamples}}) {
    meter.update(golden_logits().slice(0, from, to), golden_labels().slice(0, from, to));
  }
  const Classification figures = meter.compute();
  EXPECT_NEAR(figures.loss, golden::kLoss, 1e-6);
  EXPECT_EQ(figures.errors, kSamples - golden::kTop1);
  EXPECT_EQ(figures.accuracy_top5, static_cast<double>(golden::kTop5) / kSamples);
}

TEST(Classification, LowerIndexWinsATie) {
  const auto tied = at::zeros({2, 7});
  const auto ones = measure(tied, at::tensor({0, 1}, torch::kLong));
  EXPECT_EQ(ones.errors, 1);
  const auto fives = measure(tied, at::tensor({4, 5}, torch::kLong));
  EXPECT_EQ(fives.accuracy_top5, 0.5);
}

TEST(Classification, FifthChoiceIsAlwaysRightAmongFiveClasses) {
  const auto figures = measure(at::arange(10, torch::kFloat).view({2, 5}), at::tensor({0, 3}, torch::kLong));
  EXPECT_EQ(figures.accuracy_top5, 1);
  EXPECT_EQ(figures.accuracy_top1, 0);
}

TEST(Classification, DivergedNetworkIsWrong) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto figures = measure(at::full({3, 10}, kNan), at::tensor({0, 1, 2}, torch::kLong));
  EXPECT_EQ(figures.errors, 3);
  EXPECT_EQ(figures.accuracy_top5, 0);
  EXPECT_TRUE(std::isnan(figures.loss));
}

TEST(Classification, LossOfNarrowOrExtremeLogitsIsExact) {
  const auto labels = at::tensor({1}, torch::kLong);
  const auto extreme = at::tensor({1e4, -1e4}, torch::kFloat).view({1, 2});
  EXPECT_DOUBLE_EQ(measure(extreme, labels).loss, 2e4);
  const auto narrow = at::tensor({3.0, 1.0, 0.5}, torch::kFloat).view({1, 3}).to(torch::kBFloat16);
  EXPECT_NEAR(measure(narrow, labels).loss, std::log(std::exp(2.0) + 1 + std::exp(-0.5)), 1e-6);
}

TEST(Classification, IsAllZerosBeforeTheFirstSample) {
  const Classification figures = ClassificationMeter().compute();
  EXPECT_EQ(figures.samples, 0);
  EXPECT_EQ(figures.loss, 0);
  EXPECT_EQ(figures.accuracy_top1, 0);
}

TEST(Classification, RefusesLabelsThatDoNotFit) {
  EXPECT_THROW(measure(at::zeros({2, 3}), at::zeros({3}, torch::kLong)), c10::Error);
  EXPECT_THROW(measure(at::zeros({2, 3}), at::full({2}, 3, torch::kLong)), c10::Error);
}

}  // namespace
}  // namespace retort::metrics
