// SPDX-License-Identifier: MIT
#include "retort/methods/hinton.h"

#include <cmath>

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "hinton_golden.h"

namespace retort::methods {
namespace {

using golden::kClasses;
using golden::kSamples;
using golden::kTeachers;

torch::Tensor doubles(const std::vector<double>& values, at::IntArrayRef shape) {
  return at::tensor(values, torch::kDouble).view(shape);
}

torch::Tensor student_logits() { return doubles(golden::kStudent, {kSamples, kClasses}); }
torch::Tensor teacher_logits() { return doubles(golden::kTeacher, {kTeachers, kSamples, kClasses}); }
torch::Tensor labels() { return at::tensor(golden::kLabels, torch::kLong); }

torch::Tensor total(const HintonTerms& terms, const HintonOptions& options) {
  return options.hard_loss_weight * terms.hard + options.distill_loss_weight * terms.distill;
}

// The gradient of one term by the student's logits.
torch::Tensor gradient(const torch::Tensor& student, const torch::Tensor& teacher,
                       const HintonOptions& options) {
  const auto z = student.detach().clone().requires_grad_();
  total(hinton_loss(z, teacher, labels(), options), options).backward();
  return z.grad();
}

HintonOptions distill_only(double temperature, bool scale = true) {
  return {.temperature = temperature,
          .hard_loss_weight = 0,
          .distill_loss_weight = 1,
          .scale_by_temperature_squared = scale};
}

void expect_near(const torch::Tensor& actual, const torch::Tensor& expected, double tolerance) {
  EXPECT_TRUE(at::allclose(actual.to(torch::kDouble), expected.to(torch::kDouble), tolerance, tolerance))
      << actual << "\nis not\n"
      << expected;
}

// The method as the trainer calls it, ensemble and all, against PyTorch.
void expect_golden(torch::Dtype dtype, double tolerance) {
  for (const auto& c : golden::kHintonCases) {
    SCOPED_TRACE(testing::Message() << "tau " << c.temperature << ", " << c.teachers << " teachers");
    Hinton method({.temperature = c.temperature,
                   .hard_loss_weight = c.hard_loss_weight,
                   .distill_loss_weight = c.distill_loss_weight,
                   .label_smoothing = c.label_smoothing,
                   .scale_by_temperature_squared = c.scale_by_temperature_squared},
                  {.checkpoints = {}, .combine = c.combine, .weights = c.weights});
    const models::Output student{.logits = student_logits().to(dtype).requires_grad_(), .features = {}};
    const TeacherOutput teacher{.logits = teacher_logits().slice(0, 0, c.teachers).to(dtype)};
    const data::Batch batch{.images = {}, .labels = labels(), .sample_ids = {}, .view_ids = {}};

    const Losses losses = method.losses({.student = student, .teacher = &teacher, .batch = batch});
    losses.total.backward();

    ASSERT_EQ(losses.terms.size(), 2u);
    EXPECT_EQ(losses.terms[0].first, "loss_hard");
    EXPECT_EQ(losses.terms[1].first, "loss_distill");
    EXPECT_FALSE(losses.terms[0].second.requires_grad() || losses.terms[1].second.requires_grad());
    EXPECT_NEAR(losses.terms[0].second.item<double>(), c.hard, tolerance * std::abs(c.hard));
    EXPECT_NEAR(losses.terms[1].second.item<double>(), c.distill, tolerance * std::abs(c.distill));
    EXPECT_NEAR(losses.total.item<double>(), c.total, tolerance * std::abs(c.total));
    expect_near(student.logits.grad(), doubles(c.gradient, {kSamples, kClasses}), tolerance);
  }
}

TEST(Hinton, MatchesPyTorchInFloat64) { expect_golden(torch::kDouble, 1e-12); }
TEST(Hinton, MatchesPyTorchInFloat32) { expect_golden(torch::kFloat, 1e-5); }

TEST(HintonLoss, GradientIsDifferenceOfSoftenedProbabilitiesOverTemperature) {
  for (const double temperature : {0.5, 1.0, 4.0, 20.0}) {
    const auto q = at::softmax(student_logits() / temperature, 1);
    const auto p = at::softmax(teacher_logits()[0] / temperature, 1);
    const auto per_sample = (q - p) / temperature;
    expect_near(gradient(student_logits(), teacher_logits()[0], distill_only(temperature, false)),
                per_sample / kSamples, 1e-13);
  }
}

TEST(HintonLoss, GradientAgreesWithFiniteDifferences) {
  const HintonOptions options{.temperature = 3.0, .hard_loss_weight = 0.4, .distill_loss_weight = 0.6};
  const auto teacher = teacher_logits()[1];
  const auto slope = gradient(student_logits(), teacher, options);
  constexpr double kStep = 1e-5;
  for (int n = 0; n < kSamples; ++n) {
    for (int c = 0; c < kClasses; ++c) {
      auto above = student_logits(), below = student_logits();
      above[n][c] += kStep;
      below[n][c] -= kStep;
      const double rise = (total(hinton_loss(above, teacher, labels(), options), options) -
                           total(hinton_loss(below, teacher, labels(), options), options))
                              .item<double>();
      EXPECT_NEAR(slope[n][c].item<double>(), rise / (2 * kStep), 1e-8);
    }
  }
}

TEST(HintonLoss, MatchesLogitsAtHighTemperature) {
  const auto centred = [](const torch::Tensor& z) { return z - z.mean(1, /*keepdim=*/true); };
  const auto z = centred(student_logits()), v = centred(teacher_logits()[0]);
  // Scaled by T^2, the limit of the gradient is (z - v) / C a sample; the error falls as 1 / T.
  expect_near(gradient(z, v, distill_only(1e5)), (z - v) / (kClasses * kSamples), 1e-4);
}

TEST(HintonLoss, GradientIsZeroWhenStudentIsTeacherPlusAConstant) {
  for (const double temperature : {1.0, 4.0}) {
    const auto shifted = teacher_logits()[0] + 7.5;
    expect_near(gradient(shifted, teacher_logits()[0], distill_only(temperature)),
                at::zeros({kSamples, kClasses}), 1e-13);
  }
}

TEST(HintonLoss, ExceedsTheDivergenceByTheTeachersEntropy) {
  const double temperature = 4;
  const auto p = at::softmax(teacher_logits()[0] / temperature, 1);
  const auto log_q = at::log_softmax(student_logits() / temperature, 1);
  const auto divergence = (p * (p.log() - log_q)).sum() / kSamples;
  const auto entropy = -(p * p.log()).sum() / kSamples;
  const auto distill =
      hinton_loss(student_logits(), teacher_logits()[0], labels(), distill_only(temperature, false)).distill;
  EXPECT_GT(entropy.item<double>(), 0.1);
  EXPECT_NEAR((distill - divergence).item<double>(), entropy.item<double>(), 1e-12);
}

// A mean over all N * C elements would make the term C times too small.
TEST(HintonLossTraps, SoftTermIsAveragedOverSamplesNotElements) {
  const auto one = hinton_loss(student_logits(), teacher_logits()[0], labels(), distill_only(4));
  const auto wide_student = at::cat({student_logits(), at::full({kSamples, kClasses}, -1e4)}, 1);
  const auto wide_teacher = at::cat({teacher_logits()[0], at::full({kSamples, kClasses}, -1e4)}, 1);
  const auto padded = hinton_loss(wide_student, wide_teacher, labels(), distill_only(4));
  EXPECT_NEAR(one.distill.item<double>(), padded.distill.item<double>(), 1e-12);

  const auto twice = hinton_loss(student_logits().repeat({2, 1}), teacher_logits()[0].repeat({2, 1}),
                                 labels().repeat(2), distill_only(4));
  EXPECT_NEAR(one.distill.item<double>(), twice.distill.item<double>(), 1e-12);
}

TEST(HintonLossTraps, TemperatureSquaredScalesTheSoftTermAlone) {
  const HintonOptions scaled{.temperature = 4};
  const HintonOptions plain{.temperature = 4, .scale_by_temperature_squared = false};
  const auto with = hinton_loss(student_logits(), teacher_logits()[0], labels(), scaled);
  const auto without = hinton_loss(student_logits(), teacher_logits()[0], labels(), plain);
  EXPECT_DOUBLE_EQ(with.distill.item<double>(), 16 * without.distill.item<double>());
  EXPECT_DOUBLE_EQ(with.hard.item<double>(), without.hard.item<double>());
}

TEST(HintonLossTraps, AlphaWeighsTheLabels) {
  const HintonOptions labels_only{.temperature = 4, .hard_loss_weight = 1, .distill_loss_weight = 0};
  const auto expected = (at::softmax(student_logits(), 1) - at::one_hot(labels(), kClasses)) / kSamples;
  expect_near(gradient(student_logits(), teacher_logits()[0], labels_only), expected, 1e-13);
}

TEST(HintonLossTraps, NoGradientReachesTheTeacher) {
  const auto student = student_logits().requires_grad_();
  const auto teacher = teacher_logits()[0].clone().requires_grad_();
  const auto terms = hinton_loss(student, teacher, labels(), {});
  (terms.hard + terms.distill).backward();
  EXPECT_TRUE(student.grad().defined());
  EXPECT_FALSE(teacher.grad().defined());
}

TEST(HintonLossTraps, Bfloat16LogitsAreWidenedFirst) {
  const auto narrow_student = student_logits().to(torch::kBFloat16);
  const auto narrow_teacher = teacher_logits()[0].to(torch::kBFloat16);
  const auto terms = hinton_loss(narrow_student, narrow_teacher, labels(), {});
  EXPECT_EQ(terms.distill.scalar_type(), torch::kFloat);
  EXPECT_EQ(terms.hard.scalar_type(), torch::kFloat);
  const auto exact =
      hinton_loss(narrow_student.to(torch::kDouble), narrow_teacher.to(torch::kDouble), labels(), {});
  EXPECT_NEAR(terms.distill.item<double>(), exact.distill.item<double>(),
              1e-5 * exact.distill.item<double>());
  EXPECT_NEAR(terms.hard.item<double>(), exact.hard.item<double>(), 1e-5 * exact.hard.item<double>());
}

TEST(HintonLossTraps, ExtremeLogitsStayFinite) {
  const auto signs = at::tensor({1.0, -1.0, 1.0, -1.0, -1.0}, torch::kFloat).repeat({kSamples, 1});
  for (const double temperature : {0.5, 1.0, 20.0}) {
    const HintonOptions options{.temperature = temperature};
    const auto student = (1e4 * signs).requires_grad_();
    const auto loss = total(hinton_loss(student, -1e4 * signs, labels(), options), options);
    loss.backward();
    EXPECT_TRUE(loss.isfinite().item<bool>());
    EXPECT_TRUE(student.grad().isfinite().all().item<bool>());
    EXPECT_GT(student.grad().abs().max().item<double>(), 0);
  }
}

TEST(HintonLoss, RefusesLogitsOfDifferentShapes) {
  EXPECT_THROW(hinton_loss(student_logits(), teacher_logits()[0].slice(1, 1), labels(), {}), c10::Error);
  EXPECT_THROW(hinton_loss(student_logits(), teacher_logits()[0], labels().slice(0, 1), {}), c10::Error);
}

TEST(Hinton, NeedsATeacherAndSupervisedDoesNot) {
  Hinton method({}, {});
  EXPECT_TRUE(method.needs_teacher());
  const auto supervised = make_supervised();
  EXPECT_FALSE(supervised->needs_teacher());

  const models::Output student{.logits = student_logits().requires_grad_(), .features = {}};
  const data::Batch batch{.images = {}, .labels = labels(), .sample_ids = {}, .view_ids = {}};
  EXPECT_THROW(method.losses({.student = student, .batch = batch}), c10::Error);

  const Losses losses = supervised->losses({.student = student, .batch = batch});
  EXPECT_NEAR(losses.total.item<double>(), golden::kHintonCases[0].hard, 1e-12);
  ASSERT_EQ(losses.terms.size(), 1u);
  EXPECT_EQ(losses.terms[0].first, "loss_hard");
  EXPECT_FALSE(losses.terms[0].second.requires_grad());
}

// Mixup's labels are probabilities; the loss is linear in them, and classes are the corner case.
TEST(Hinton, LabelsMayBeProbabilities) {
  const torch::Tensor student = student_logits(), teacher = teacher_logits()[0];
  const torch::Tensor own = at::one_hot(labels(), kClasses).to(torch::kDouble), other = own.flip(0);
  for (const double smoothing : {0.0, 0.1}) {
    const HintonOptions options{.temperature = 3, .label_smoothing = smoothing};
    const HintonTerms classes = hinton_loss(student, teacher, labels(), options);
    const HintonTerms corner = hinton_loss(student, teacher, own, options);
    EXPECT_NEAR(corner.hard.item<double>(), classes.hard.item<double>(), 1e-12);
    EXPECT_EQ(corner.distill.item<double>(), classes.distill.item<double>());
    const HintonTerms partners = hinton_loss(student, teacher, labels().flip(0), options);
    const HintonTerms mixed = hinton_loss(student, teacher, own * 0.7 + other * 0.3, options);
    EXPECT_NEAR(mixed.hard.item<double>(),
                0.7 * classes.hard.item<double>() + 0.3 * partners.hard.item<double>(), 1e-12);
  }
}

// The method as the trainer calls it: a mixed batch goes by the plain chain, and its labels count.
TEST(Hinton, TakesAMixedBatch) {
  const HintonOptions options{.temperature = 3, .hard_loss_weight = 0.4, .distill_loss_weight = 0.6};
  const models::Output student{.logits = student_logits().to(torch::kFloat), .features = {}};
  const TeacherOutput teacher{.logits = teacher_logits().to(torch::kFloat).narrow(0, 0, 1)};
  const torch::Tensor own = at::one_hot(labels(), kClasses).to(torch::kFloat);
  const data::Batch batch{.images = {},
                          .labels = labels(),
                          .sample_ids = {},
                          .view_ids = {},
                          .soft_labels = own * 0.7 + own.flip(0) * 0.3};
  const Losses losses = Hinton(options, {}).losses({.student = student, .teacher = &teacher, .batch = batch});
  const HintonTerms expected = hinton_loss(student.logits, teacher.logits[0], batch.soft_labels, options);
  EXPECT_NEAR(losses.total.item<double>(), total(expected, options).item<double>(), 1e-6);
  const Losses alone = make_supervised()->losses({.student = student, .batch = batch});
  EXPECT_NEAR(alone.total.item<double>(), expected.hard.item<double>(), 1e-6);
}

TEST(Supervised, SmoothsLabelsAsPyTorchDoes) {
  for (const auto& c : golden::kHintonCases) {
    const models::Output student{.logits = student_logits(), .features = {}};
    const data::Batch batch{.images = {}, .labels = labels(), .sample_ids = {}, .view_ids = {}};
    const Losses losses = make_supervised(c.label_smoothing)->losses({.student = student, .batch = batch});
    EXPECT_NEAR(losses.total.item<double>(), c.hard, 1e-12) << "label_smoothing " << c.label_smoothing;
  }
}

}  // namespace
}  // namespace retort::methods
