// SPDX-License-Identifier: MIT
// The kernel against the plain chain of operators in float64.
#include <ATen/Functions.h>

#include "device.h"
#include "retort/methods/fused_hinton.h"

namespace retort::cuda {
namespace {

using methods::Combine;
using methods::FusedHinton;
using methods::HintonOptions;
using methods::HintonTerms;
using methods::TeacherOptions;

double error(const torch::Tensor& actual, const torch::Tensor& expected) {
  return ((actual.cpu().to(torch::kDouble) - expected).abs().max() / expected.abs().max()).item<double>();
}

void expect_the_plain_loss(const torch::Tensor& student, const torch::Tensor& teacher,
                           const torch::Tensor& labels, const HintonOptions& options,
                           const TeacherOptions& ensemble, torch::Device device) {
  const auto z = student.to(torch::kDouble).requires_grad_();
  const auto v = methods::combine_logits(teacher.to(torch::kDouble), ensemble.weights, ensemble.combine,
                                         options.temperature);
  const HintonTerms terms = methods::hinton_loss(z, v, labels, options);
  const auto total = options.hard_loss_weight * terms.hard + options.distill_loss_weight * terms.distill;
  total.backward();

  const auto there = student.to(device).requires_grad_();
  ASSERT_TRUE(methods::can_fuse_hinton(there, teacher.to(device), labels.to(device)));
  const FusedHinton loss =
      methods::fused_hinton_loss(there, teacher.to(device), labels.to(device), options, ensemble);
  loss.total.backward();
  EXPECT_LT(error(loss.total.detach(), total.detach()), 1e-5);
  EXPECT_LT(error(loss.terms.hard, terms.hard.detach()), 1e-5);
  EXPECT_LT(error(loss.terms.distill, terms.distill.detach()), 1e-5);
  EXPECT_LT(error(there.grad(), z.grad()), 1e-5);
}

using Hinton = OnGpu;

TEST_F(Hinton, AgreesWithFloat64ToFiveDigitsFromTwoClassesTo131072) {
  torch::manual_seed(5);
  for (const auto& [rows, classes] :
       {std::pair<int64_t, int64_t>{1024, 10}, {33, 2}, {40, 512}, {40, 513}, {64, 1000}, {4, 131'072}})
    for (const double temperature : {0.5, 4.0, 20.0})
      for (const double smoothing : {0.0, 0.1}) {
        SCOPED_TRACE(testing::Message() << rows << " x " << classes << " at " << temperature);
        expect_the_plain_loss(3 * at::randn({rows, classes}), 5 * at::randn({1, rows, classes}),
                              at::randint(classes, {rows}, torch::kLong),
                              {.temperature = temperature, .label_smoothing = smoothing}, {}, device_);
      }
}

TEST_F(Hinton, CombinesEnsembles) {
  torch::manual_seed(6);
  for (const int64_t classes : {10, 1000})
    for (const Combine combine : {Combine::probability_mean, Combine::geometric_mean})
      expect_the_plain_loss(2 * at::randn({20, classes}), 4 * at::randn({3, 20, classes}),
                            at::randint(classes, {20}, torch::kLong), {.temperature = 3},
                            {.checkpoints = {}, .combine = combine, .weights = {0.5, 0.3, 0.2}}, device_);
}

TEST_F(Hinton, RepeatsToTheBit) {
  torch::manual_seed(7);
  const auto student = at::randn({64, 1000}).to(device_), teacher = at::randn({1, 64, 1000}).to(device_);
  const auto labels = at::randint(1000, {64}, torch::kLong).to(device_);
  const auto loss = [&] {
    const auto z = student.detach().requires_grad_();
    const FusedHinton fused = methods::fused_hinton_loss(z, teacher, labels, {}, {});
    fused.total.backward();
    return std::pair{fused.total.detach(), z.grad()};
  };
  const auto first = loss(), second = loss();
  EXPECT_TRUE(at::equal(first.first, second.first));
  EXPECT_TRUE(at::equal(first.second, second.second));
}

TEST_F(Hinton, IsNaNForALabelThatIsNoClass) {
  const auto student = at::randn({4, 10}).to(device_), teacher = at::randn({1, 4, 10}).to(device_);
  const auto labels = at::full({4}, 10, torch::kLong).to(device_);
  EXPECT_TRUE(methods::fused_hinton_loss(student, teacher, labels, {}, {}).total.isnan().item<bool>());
}

}  // namespace
}  // namespace retort::cuda
