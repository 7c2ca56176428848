// SPDX-License-Identifier: MIT
#include "retort/optim/gradient_scaler.h"

#include <limits>

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "optim_golden.h"

namespace retort::optim {
namespace {

const GradientScaler::Options kGoldenOptions{.init_scale = 1024, .growth_interval = 4};

// The loss of make_golden.py: 3 p, or infinity times p.
std::vector<torch::Tensor> scaled_gradients(torch::Tensor& p, const GradientScaler& scaler, bool is_finite) {
  const torch::Tensor loss = p * (is_finite ? 3.0 : std::numeric_limits<double>::infinity());
  p.mutable_grad().reset();
  scaler.scaled(loss.sum()).backward();
  return {p.grad()};
}

TEST(GradientScaler, FollowsTorchsScalerAndLeavesOutItsSteps) {
  torch::Tensor p = at::ones({1}).requires_grad_();
  const auto optimizer = make_optimizer({.name = "sgd", .lr = 0.1, .momentum = 0.9}, {{"p", p}});
  GradientScaler scaler(torch::kCPU, kGoldenOptions);
  const torch::Tensor lr = at::full({}, 0.1, at::kFloat);
  for (size_t step = 0; step < golden::kScaledStepIsFinite.size(); ++step) {
    const bool is_finite = golden::kScaledStepIsFinite[step] == 1;
    scaler.unscale(scaled_gradients(p, scaler, is_finite));
    EXPECT_EQ(scaler.found_inf().item<float>(), is_finite ? 0 : 1) << step;
    optimizer->step(lr, scaler.found_inf());
    scaler.update();
    EXPECT_NEAR(p.item<double>(), golden::kScaledSteps[2 * step], 2e-6) << step;
    EXPECT_EQ(scaler.scale().item<double>(), golden::kScaledSteps[2 * step + 1]) << step;
  }
}

TEST(GradientScaler, BeginsAsTorchsDoes) {
  const GradientScaler scaler(torch::kCPU);
  EXPECT_EQ(scaler.scaled(at::ones({})).item<float>(), 65536);
  EXPECT_EQ(scaler.state()[0].first, "scale");
  EXPECT_EQ(scaler.state()[1].first, "growth_tracker");
}

TEST(GradientScaler, GoesOnFromItsState) {
  torch::Tensor p = at::ones({1}).requires_grad_();
  GradientScaler first(torch::kCPU, kGoldenOptions);
  const auto do_steps = [&](GradientScaler& scaler, int count) {
    for (int i = 0; i < count; ++i) {
      scaler.unscale(scaled_gradients(p, scaler, /*is_finite=*/true));
      scaler.update();
    }
  };
  do_steps(first, 3);
  GradientScaler second(torch::kCPU, kGoldenOptions);
  for (size_t i = 0; i < first.state().size(); ++i) second.state()[i].second.copy_(first.state()[i].second);
  do_steps(second, 1);  // the fourth of four
  EXPECT_EQ(second.scale().item<float>(), 2048);
}

TEST(GradientScaler, DividesGradientsOfAnyLayoutBeforeTheyAreBounded) {
  GradientScaler scaler(torch::kCPU, {.init_scale = 8});
  std::vector<torch::Tensor> gradients = {
      at::full({2, 3, 4, 4}, 16.0).contiguous(at::MemoryFormat::ChannelsLast), at::full({5}, 4.0)};
  scaler.unscale(gradients);
  EXPECT_TRUE(at::equal(gradients[0], at::full({2, 3, 4, 4}, 2.0)));
  EXPECT_TRUE(at::equal(gradients[1], at::full({5}, 0.5)));
}

}  // namespace
}  // namespace retort::optim
