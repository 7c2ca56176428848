// SPDX-License-Identifier: MIT
#include "retort/optim/optimizer.h"

#include <cmath>

#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include "optim_golden.h"

namespace retort::optim {
namespace {

using golden::kSize;
using golden::kSteps;

const OptimizerOptions kSgd{
    .name = "sgd", .lr = 0.1, .weight_decay = 5e-4, .momentum = 0.9, .nesterov = true};
const OptimizerOptions kAdamW{.name = "adamw", .lr = 0.01, .weight_decay = 0.1};

torch::Tensor parameter(const torch::Tensor& value) { return value.clone().requires_grad_(); }

void set_gradient(torch::Tensor& p, const torch::Tensor& gradient) { p.mutable_grad() = gradient; }

// The gradients of make_golden.py.
torch::Tensor golden_gradient(const torch::Tensor& p, int step) {
  std::vector<double> values;
  for (int i = 0; i < kSize; ++i) {
    values.push_back(p[i].item<double>() * (i + 1) / 4 + std::sin(step + i));
  }
  return at::tensor(values, p.options().requires_grad(false));
}

void expect_trajectories(torch::Dtype dtype, double tolerance) {
  for (size_t k = 0; k < golden::kTrajectories.size(); ++k) {
    const golden::Trajectory& golden = golden::kTrajectories[k];
    const OptimizerOptions options{.name = golden.name,
                                   .lr = golden.lr,
                                   .weight_decay = golden.weight_decay,
                                   .momentum = golden.momentum,
                                   .nesterov = golden.nesterov,
                                   .betas = {golden.beta1, golden.beta2},
                                   .eps = golden.eps};
    auto p = parameter(at::linspace(-1, 1.5, kSize, dtype));
    const auto optimizer = make_optimizer(options, {{"p", p}});
    for (int step = 0; step < kSteps; ++step) {
      set_gradient(p, golden_gradient(p, step));
      optimizer->step(options.lr);
      for (int i = 0; i < kSize; ++i) {
        ASSERT_NEAR(p[i].item<double>(), golden.points[step * kSize + i], tolerance)
            << "trajectory " << k << " step " << step << " element " << i;
      }
    }
  }
}

TEST(Optimizer, FollowsTorchOptimInFloat64) { expect_trajectories(torch::kDouble, 1e-12); }
TEST(Optimizer, FollowsTorchOptimInFloat32) { expect_trajectories(torch::kFloat, 2e-6); }

// Enough values for every thread and for whole vectors: LibTorch's own optimizer walks them by operators.
template <class Theirs>
void expect_as_libtorch(const OptimizerOptions& options, Theirs make_theirs) {
  constexpr int64_t kMany = 300'007;
  torch::manual_seed(0);
  const torch::Tensor start = at::randn({kMany}, torch::kDouble);
  torch::Tensor own = parameter(start), theirs = parameter(start),
                single = parameter(start.to(torch::kFloat));
  const auto optimizer = make_optimizer(options, {{"p", own}});
  const auto in_float32 = make_optimizer(options, {{"p", single}});
  auto reference = make_theirs(std::vector<torch::Tensor>{theirs});
  for (int step = 0; step < 3; ++step) {
    const torch::Tensor gradient = at::randn({kMany}, torch::kDouble);
    set_gradient(own, gradient);
    set_gradient(theirs, gradient);
    set_gradient(single, gradient.to(torch::kFloat));
    optimizer->step(options.lr);
    in_float32->step(options.lr);
    reference.step();
  }
  EXPECT_LT((own - theirs).abs().max().item<double>(), 1e-12);
  EXPECT_LT((single.to(torch::kDouble) - theirs).abs().max().item<double>(), 1e-5);
}

TEST(Optimizer, OfManyValuesIsLibTorchs) {
  for (const bool nesterov : {false, true})
    expect_as_libtorch(
        {.name = "sgd", .lr = 0.1, .weight_decay = 0.01, .momentum = 0.9, .nesterov = nesterov},
        [&](const auto& parameters) {
          return torch::optim::SGD(
              parameters, torch::optim::SGDOptions(0.1).weight_decay(0.01).momentum(0.9).nesterov(nesterov));
        });
  expect_as_libtorch({.name = "sgd", .lr = 0.1, .weight_decay = 0.01, .momentum = 0},
                     [](const auto& parameters) {
                       return torch::optim::SGD(parameters, torch::optim::SGDOptions(0.1).weight_decay(0.01));
                     });
  expect_as_libtorch({.name = "adamw", .lr = 0.01, .weight_decay = 0.1}, [](const auto& parameters) {
    return torch::optim::AdamW(parameters, torch::optim::AdamWOptions(0.01).weight_decay(0.1));
  });
}

// A rate and a decision that lie on a device, as a captured step has them.
TEST(Optimizer, TakesItsRateAndALeaveToSkipAsTensors) {
  for (const auto dtype : {torch::kFloat, torch::kBFloat16})
    for (OptimizerOptions options : {kSgd, kAdamW}) {
      SCOPED_TRACE(options.name);
      options.lr = 0.125;  // the same in float32
      auto expected = parameter(at::linspace(-1, 1.5, kSize, dtype));
      auto actual = parameter(at::linspace(-1, 1.5, kSize, dtype));
      const auto by_number = make_optimizer(options, {{"p", expected}});
      const auto by_tensor = make_optimizer(options, {{"p", actual}});
      const auto lr = at::full({}, options.lr, at::kFloat);
      const auto gradient_for = [&](const torch::Tensor& p, int step) {
        return golden_gradient(p.detach().to(torch::kFloat), step).to(dtype);
      };
      for (int step = 0; step < 3; ++step) {
        set_gradient(expected, gradient_for(expected, step));
        by_number->step(options.lr);
        set_gradient(actual, at::full_like(actual, 1e3));
        by_tensor->step(lr, at::ones({}, at::kFloat));  // leaves no trace
        set_gradient(actual, gradient_for(actual, step));
        by_tensor->step(lr, at::zeros({}, at::kFloat));
        EXPECT_TRUE(at::allclose(actual, expected, 1e-6, 1e-6)) << step;
      }
      const auto a = by_number->state(), b = by_tensor->state();
      for (size_t i = 0; i < a.size(); ++i)
        EXPECT_TRUE(at::allclose(a[i].second, b[i].second, 1e-6, 1e-6)) << a[i].first;
    }
}

// Against float32, which follows torch.optim. Many elements: kernels treat the last few by other code.
TEST(Optimizer, FollowsItselfInBFloat16) {
  for (OptimizerOptions options : {kSgd, kAdamW}) {
    for (const bool nesterov : {true, false}) {
      options.nesterov = nesterov;
      const torch::Tensor start = at::linspace(-1, 1.5, 100).to(at::kBFloat16);
      torch::Tensor half = parameter(start), whole = parameter(start.to(at::kFloat));
      const auto half_optimizer = make_optimizer(options, {{"p", half}});
      const auto whole_optimizer = make_optimizer(options, {{"p", whole}});
      for (int step = 0; step < 5; ++step) {
        const torch::Tensor gradient = at::linspace(2, 1, 100).to(at::kBFloat16);
        set_gradient(half, gradient);
        set_gradient(whole, gradient.to(at::kFloat));
        half_optimizer->step(options.lr);
        whole_optimizer->step(options.lr);
      }
      EXPECT_GT((start - half).min().item<double>(), 0.03) << options.name;
      const double error = (half - whole).abs().max().item<double>();
      EXPECT_LT(error, 0.03) << options.name;
    }
  }
}

TEST(Optimizer, TakesTheRateOfTheStep) {
  auto p = parameter(at::ones({2}));
  const auto optimizer = make_optimizer({.name = "sgd", .lr = 100}, {{"p", p}});
  set_gradient(p, at::ones({2}));
  optimizer->step(0.25);
  EXPECT_TRUE(at::equal(p.detach(), at::full({2}, 0.75)));
}

std::vector<std::string> describe(const NamedTensors& state) {
  std::vector<std::string> lines;
  for (const auto& [name, tensor] : state) {
    lines.push_back(name + " " + c10::str(tensor.sizes(), " ", tensor.dtype(), " ", tensor.requires_grad()));
  }
  return lines;
}

TEST(Optimizer, StateIsThereBeforeTheFirstStep) {
  for (const auto& options : {kSgd, kAdamW}) {
    auto weight = parameter(at::ones({2, 3})), bias = parameter(at::ones({2}));
    const auto optimizer = make_optimizer(options, {{"fc.weight", weight}, {"fc.bias", bias}});
    const auto before = describe(optimizer->state());
    EXPECT_EQ(before.size(), options.name == "sgd" ? 2u : 6u);
    EXPECT_EQ(before.front(), options.name == "sgd" ? "fc.weight.momentum [2, 3] float 0"
                                                    : "fc.weight.exp_avg [2, 3] float 0");
    set_gradient(weight, at::ones({2, 3}));
    optimizer->step(0.1);
    EXPECT_EQ(describe(optimizer->state()), before);
  }
  EXPECT_TRUE(make_optimizer({.name = "sgd"}, {{"p", parameter(at::ones({2}))}})->state().empty());
}

// Train on, and the restored one beside it: equal to the bit.
TEST(Optimizer, RestoredStateContinuesToTheBit) {
  torch::manual_seed(3);
  for (const auto& options : {kSgd, kAdamW}) {
    auto original = parameter(at::randn({37}));
    const auto optimizer = make_optimizer(options, {{"p", original}});
    for (int step = 0; step < 5; ++step) {
      set_gradient(original, at::randn({37}));
      optimizer->step(0.1);
    }
    NamedTensors saved;
    for (const auto& [name, tensor] : optimizer->state()) saved.emplace_back(name, tensor.clone());

    auto copy = parameter(original.detach());
    const auto restored = make_optimizer(options, {{"p", copy}});
    NamedTensors live = restored->state();
    ASSERT_EQ(live.size(), saved.size());
    for (size_t i = 0; i < live.size(); ++i) {
      EXPECT_EQ(live[i].first, saved[i].first);
      live[i].second.copy_(saved[i].second);
    }
    for (int step = 0; step < 5; ++step) {
      const auto gradient = at::randn({37});
      set_gradient(original, gradient);
      set_gradient(copy, gradient);
      optimizer->step(0.1);
      restored->step(0.1);
      EXPECT_TRUE(at::equal(original, copy)) << options.name << " step " << step;
    }
  }
}

TEST(Optimizer, SkipsParametersWithoutGradient) {
  for (const auto& options : {kSgd, kAdamW}) {
    auto used = parameter(at::ones({2})), unused = parameter(at::ones({2}));
    const auto optimizer = make_optimizer(options, {{"unused", unused}, {"used", used}});
    optimizer->step(0.1);
    EXPECT_TRUE(at::equal(used, at::ones({2})));

    set_gradient(used, at::ones({2}));
    optimizer->step(0.1);
    EXPECT_FALSE(at::equal(used, at::ones({2})));
    EXPECT_TRUE(at::equal(unused, at::ones({2})));  // weight decay included
    for (const auto& [name, tensor] : optimizer->state()) {
      const bool is_zero = tensor.count_nonzero().item<int64_t>() == 0;
      EXPECT_EQ(is_zero, name.starts_with("unused.")) << name;
    }
  }
}

// The fused kernels walk raw memory; a gradient in another layout must not be read as if it were in this one.
TEST(Optimizer, FollowsTheLayoutOfTheParameter) {
  torch::manual_seed(4);
  for (const auto& shape : {std::vector<int64_t>{4, 3, 2, 2}, {4, 3, 1, 1}}) {
    for (const auto& options : {kSgd, kAdamW}) {
      const auto value = at::randn(shape);
      auto plain = parameter(value),
           channels_last = parameter(value.contiguous(at::MemoryFormat::ChannelsLast));
      const auto a = make_optimizer(options, {{"p", plain}}),
                 b = make_optimizer(options, {{"p", channels_last}});
      for (int step = 0; step < 3; ++step) {
        const auto gradient = at::randn(shape);
        set_gradient(plain, gradient);
        set_gradient(channels_last, gradient);
        a->step(0.1);
        b->step(0.1);
      }
      EXPECT_TRUE(at::allclose(plain, channels_last, 1e-6, 1e-7));
      for (const auto& [name, tensor] : b->state()) {
        if (tensor.dim() == 0) continue;  // AdamW's step
        EXPECT_EQ(tensor.strides(), channels_last.strides()) << name;
      }
    }
  }
}

TEST(Optimizer, ZeroGradMakesGradientsUndefined) {
  auto p = parameter(at::ones({2}));
  set_gradient(p, at::ones({2}));
  make_optimizer(kSgd, {{"p", p}})->zero_grad();
  EXPECT_FALSE(p.grad().defined());
}

TEST(Optimizer, RefusesParametersThatItCannotWalk) {
  const auto gaps = at::ones({4, 4}).slice(1, 0, 4, 2);
  EXPECT_THROW(make_optimizer(kSgd, {{"p", gaps}}), c10::Error);
  EXPECT_THROW(make_optimizer(kSgd, {{"a", at::ones({2})}, {"b", at::ones({2}, torch::kDouble)}}),
               c10::Error);
}

}  // namespace
}  // namespace retort::optim
