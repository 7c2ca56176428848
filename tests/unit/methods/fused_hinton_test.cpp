// SPDX-License-Identifier: MIT
// The fused loss against the plain chain of operators in float64.
#include "retort/methods/fused_hinton.h"

#include <array>
#include <limits>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace retort::methods {
namespace {

struct Loss {
  torch::Tensor total, hard, distill, gradient;
};

Loss plain(const torch::Tensor& student, const torch::Tensor& teacher, const torch::Tensor& labels,
           const HintonOptions& options, const TeacherOptions& ensemble) {
  const auto z = student.to(torch::kDouble).detach().requires_grad_();
  const auto v =
      combine_logits(teacher.to(torch::kDouble), ensemble.weights, ensemble.combine, options.temperature);
  const HintonTerms terms = hinton_loss(z, v, labels, options);
  const auto total = options.hard_loss_weight * terms.hard + options.distill_loss_weight * terms.distill;
  total.backward();
  return {total.detach(), terms.hard.detach(), terms.distill.detach(), z.grad()};
}

Loss fused(const torch::Tensor& student, const torch::Tensor& teacher, const torch::Tensor& labels,
           const HintonOptions& options, const TeacherOptions& ensemble) {
  const auto z = student.detach().requires_grad_();
  const FusedHinton loss = fused_hinton_loss(z, teacher, labels, options, ensemble);
  loss.total.backward();
  return {loss.total.detach(), loss.terms.hard, loss.terms.distill, z.grad()};
}

// The largest difference, as a share of the largest element.
double error(const torch::Tensor& actual, const torch::Tensor& expected) {
  return ((actual.to(torch::kDouble) - expected).abs().max() / expected.abs().max()).item<double>();
}

void expect_equal(const Loss& actual, const Loss& expected, double tolerance) {
  EXPECT_LT(error(actual.total, expected.total), tolerance);
  EXPECT_LT(error(actual.hard, expected.hard), tolerance);
  EXPECT_LT(error(actual.distill, expected.distill), tolerance);
  EXPECT_LT(error(actual.gradient, expected.gradient), tolerance);
}

TeacherOptions ensemble_of(std::vector<double> weights, Combine combine) {
  return {.checkpoints = {}, .combine = combine, .weights = std::move(weights)};
}

// What a GPU's threads do, done by a loop: a team shares out each row, and merges its parts pairwise.
template <int kMembers>
void run_rows(const HintonRows& rows) {
  const float inverse_temperature = 1 / rows.temperature;
  const auto merged = [](auto parts, const auto& merge) {
    for (int half = kMembers / 2; half > 0; half /= 2)
      for (int i = 0; i < half; ++i) merge(parts[i], parts[i + half]);
    return parts[0];
  };
  const auto merge_sums = [&](SoftmaxSums& a, const SoftmaxSums& b) { a.merge(b, inverse_temperature); };
  for (int64_t row = 0; row < rows.rows; ++row) {
    std::array<SoftmaxSums, kMembers> sums;
    for (int m = 0; m < kMembers; ++m) sums[m] = rows.gather_student(row, m, kMembers);
    const SoftmaxSums of_student = merged(sums, merge_sums);
    std::vector<SoftmaxSums> of_teachers;
    for (int k = 0; k < rows.distributions(); ++k) {
      for (int m = 0; m < kMembers; ++m) sums[m] = rows.gather_teacher(row, k, m, kMembers);
      of_teachers.push_back(merged(sums, merge_sums));
    }
    std::array<HintonRows::Products, kMembers> products;
    for (int m = 0; m < kMembers; ++m)
      products[m] = rows.finish(row, of_student, of_teachers.data(), m, kMembers);
    rows.write_terms(row, of_student, merged(products, [](auto& a, const auto& b) { a.merge(b); }));
  }
}

// While it lives, logits on the CPU go the way of a device's.
class OnDevice {
 public:
  explicit OnDevice(RunHintonRows run) { set_hinton_rows(torch::kCPU, run); }
  ~OnDevice() { set_hinton_rows(torch::kCPU, nullptr); }
};

TEST(HintonRows, AgreeWithFloat64ToFiveDigitsFromTenClassesTo131072) {
  torch::manual_seed(5);
  for (const auto& [rows, classes] : {std::pair<int64_t, int64_t>{32, 10}, {16, 2}, {7, 1000}, {2, 131'072}})
    for (const double temperature : {0.5, 4.0, 20.0})
      for (const double smoothing : {0.0, 0.3}) {
        SCOPED_TRACE(testing::Message() << rows << " x " << classes << " at " << temperature);
        const OnDevice device(classes > 1000 ? run_rows<512> : run_rows<32>);
        const auto student = 3 * at::randn({rows, classes}), teacher = 5 * at::randn({1, rows, classes});
        const auto labels = at::randint(classes, {rows}, torch::kLong);
        const HintonOptions options{.temperature = temperature, .label_smoothing = smoothing};
        expect_equal(fused(student, teacher, labels, options, {}),
                     plain(student, teacher, labels, options, {}), 1e-5);
      }
}

TEST(HintonRows, CombineEnsemblesAsCombineLogitsDoes) {
  torch::manual_seed(6);
  const OnDevice device(run_rows<8>);
  const auto student = 2 * at::randn({20, 10}), teacher = 4 * at::randn({3, 20, 10});
  const auto labels = at::randint(10, {20}, torch::kLong);
  for (const Combine combine : {Combine::probability_mean, Combine::geometric_mean})
    for (const auto& weights : {std::vector<double>{}, {0.5, 0.3, 0.2}}) {
      const TeacherOptions ensemble = ensemble_of(weights, combine);
      const HintonOptions options{.temperature = 3, .scale_by_temperature_squared = false};
      expect_equal(fused(student, teacher, labels, options, ensemble),
                   plain(student, teacher, labels, options, ensemble), 1e-5);
    }
  EXPECT_TRUE(can_fuse_hinton(student, at::zeros({32, 20, 10}), labels));
  EXPECT_FALSE(can_fuse_hinton(student, at::zeros({33, 20, 10}), labels));  // more than the shares hold
}

TEST(HintonRows, TakeTheWholeRangeOfLogits) {
  const OnDevice device(run_rows<4>);
  const double infinity = std::numeric_limits<double>::infinity();
  const auto student = at::tensor({-1e4, 0.0, 1e4, 5.0, -300.0, 80.0}, torch::kFloat).view({2, 3});
  // A class that the teacher rules out.
  const auto teacher =
      at::tensor({-infinity, 1.0, 2.0, 900.0, 1.0, -infinity}, torch::kFloat).view({1, 2, 3});
  const auto labels = at::tensor({2, 2}, torch::kLong);
  const Loss loss = fused(student, teacher, labels, {}, {});
  EXPECT_TRUE(loss.total.isfinite().item<bool>());
  EXPECT_TRUE(loss.gradient.isfinite().all().item<bool>());
}

TEST(HintonRows, ShowWhatIsNotFiniteAndLabelsThatAreNoClass) {
  const OnDevice device(run_rows<4>);
  auto student = at::randn({2, 10});
  const auto teacher = at::randn({1, 2, 10}), labels = at::tensor({3, 9}, torch::kLong);
  EXPECT_FALSE(fused(student, teacher, labels + 1, {}, {}).total.isfinite().item<bool>());
  EXPECT_FALSE(fused(student, teacher, labels - 4, {}, {}).total.isfinite().item<bool>());
  student[1][3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(fused(student, teacher, labels, {}, {}).total.isfinite().item<bool>());
}

TEST(FusedHinton, AgreesWithFloat64ToFiveDigitsFromTenClassesTo131072) {
  torch::manual_seed(5);
  for (const auto& [rows, classes] :
       {std::pair<int64_t, int64_t>{128, 10}, {64, 2}, {33, 17}, {40, 1000}, {3, 131'072}, {1, 1}}) {
    for (const double temperature : {0.5, 1.0, 4.0, 20.0}) {
      SCOPED_TRACE(testing::Message() << rows << " x " << classes << " at " << temperature);
      const auto student = 3 * at::randn({rows, classes}), teacher = 5 * at::randn({1, rows, classes});
      const auto labels = at::randint(classes, {rows}, torch::kLong);
      const HintonOptions options{.temperature = temperature};
      if (classes == 1) {  // everything is certain, and nothing is learnt
        const Loss loss = fused(student, teacher, labels, options, {});
        EXPECT_EQ(loss.total.item<float>(), 0);
        EXPECT_EQ(loss.gradient.item<float>(), 0);
        continue;
      }
      expect_equal(fused(student, teacher, labels, options, {}), plain(student, teacher, labels, options, {}),
                   1e-5);
    }
  }
}

TEST(FusedHinton, SmoothsLabelsOfAnyNumberOfClasses) {
  torch::manual_seed(10);
  for (const int64_t classes : {2, 17, 1000}) {
    const auto student = 3 * at::randn({24, classes}), teacher = 5 * at::randn({1, 24, classes});
    const auto labels = at::randint(classes, {24}, torch::kLong);
    for (const double smoothing : {0.05, 0.3, 1.0}) {
      SCOPED_TRACE(testing::Message() << classes << " classes, " << smoothing);
      const HintonOptions options{.hard_loss_weight = 0.5, .label_smoothing = smoothing};
      expect_equal(fused(student, teacher, labels, options, {}), plain(student, teacher, labels, options, {}),
                   1e-5);
    }
  }
}

TEST(FusedHinton, CombinesEnsemblesAsCombineLogitsDoes) {
  torch::manual_seed(6);
  const auto student = 2 * at::randn({20, 10}), teacher = 4 * at::randn({3, 20, 10});
  const auto labels = at::randint(10, {20}, torch::kLong);
  for (const Combine combine : {Combine::probability_mean, Combine::geometric_mean})
    for (const auto& weights : {std::vector<double>{}, {0.5, 0.3, 0.2}}) {
      const TeacherOptions ensemble = ensemble_of(weights, combine);
      const HintonOptions options{.temperature = 3, .scale_by_temperature_squared = false};
      expect_equal(fused(student, teacher, labels, options, ensemble),
                   plain(student, teacher, labels, options, ensemble), 1e-5);
    }
}

TEST(FusedHinton, ReturnsTheGradientInTheLogitsOwnPrecision) {
  torch::manual_seed(7);
  const auto student = at::randn({8, 10}).to(torch::kBFloat16);
  const auto teacher = at::randn({1, 8, 10}).to(torch::kBFloat16);
  const auto labels = at::randint(10, {8}, torch::kLong);
  const Loss loss = fused(student, teacher, labels, {}, {});
  EXPECT_EQ(loss.gradient.scalar_type(), torch::kBFloat16);
  EXPECT_EQ(loss.total.scalar_type(), torch::kFloat);
  EXPECT_LT(error(loss.gradient, plain(student, teacher, labels, {}, {}).gradient), 0.01);
}

TEST(FusedHinton, ScalesItsGradientByWhatComesBack) {
  torch::manual_seed(8);
  const auto student = at::randn({4, 10}), teacher = at::randn({1, 4, 10});
  const auto labels = at::randint(10, {4}, torch::kLong);
  const auto z = student.detach().requires_grad_();
  (fused_hinton_loss(z, teacher, labels, {}, {}).total * 0.25).backward();
  EXPECT_TRUE(at::allclose(z.grad(), 0.25 * fused(student, teacher, labels, {}, {}).gradient, 1e-6, 0));
}

// However many threads share the rows.
TEST(FusedHinton, GivesTheSameBitsOnAnyNumberOfThreads) {
  torch::manual_seed(9);
  const auto student = at::randn({100, 1000}), teacher = at::randn({1, 100, 1000});
  const auto labels = at::randint(1000, {100}, torch::kLong);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Loss one = fused(student, teacher, labels, {}, {});
  at::set_num_threads(3);
  const Loss three = fused(student, teacher, labels, {}, {});
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(one.total, three.total));
  EXPECT_TRUE(at::equal(one.gradient, three.gradient));
}

TEST(FusedHinton, ShowsLogitsThatAreNotFinite) {
  auto student = at::randn({2, 10});
  student[1][3] = std::numeric_limits<float>::quiet_NaN();
  const auto labels = at::randint(10, {2}, torch::kLong);
  EXPECT_FALSE(fused(student, at::randn({1, 2, 10}), labels, {}, {}).total.isfinite().item<bool>());
}

TEST(FusedHinton, RefusesWhatDoesNotFit) {
  const auto student = at::randn({2, 3}), teacher = at::randn({1, 2, 3});
  const auto labels = at::zeros({2}, torch::kLong);
  EXPECT_THROW(fused_hinton_loss(student, teacher[0], labels, {}, {}), c10::Error);
  EXPECT_THROW(fused_hinton_loss(student, teacher, labels + 3, {}, {}), c10::Error);
  EXPECT_THROW(fused_hinton_loss(student, teacher, labels - 1, {}, {}), c10::Error);
  EXPECT_THROW(
      fused_hinton_loss(student, teacher, labels, {}, ensemble_of({0.5, 0.5}, Combine::probability_mean)),
      c10::Error);
}

}  // namespace
}  // namespace retort::methods
