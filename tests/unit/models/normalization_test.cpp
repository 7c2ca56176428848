// SPDX-License-Identifier: MIT
// The fused kernels against the modules' own operators in float64: values, gradients, running statistics.
#include "retort/models/normalization.h"

#include <array>
#include <barrier>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace retort::models {
namespace {

// The largest difference, as a share of the largest element.
double error(const torch::Tensor& actual, const torch::Tensor& expected) {
  const auto wide = expected.to(torch::kDouble);
  return ((actual.to(torch::kDouble) - wide).abs().max() / (wide.abs().max() + 1e-30)).item<double>();
}

torch::nn::BatchNorm2d affine_norm(int64_t channels) {
  torch::nn::BatchNorm2d bn(channels);
  const torch::NoGradGuard no_grad;
  bn->weight.uniform_(0.5, 2).mul_(torch::where(torch::rand({channels}) < 0.3, -1, 1));
  bn->bias.uniform_(-1, 1);
  return bn;
}

struct Result {
  torch::Tensor y, x_gradient, shortcut_gradient, gamma_gradient, beta_gradient, mean, variance;
};

torch::Tensor leaf(const torch::Tensor& value) { return value.detach().clone().requires_grad_(); }

Result run(torch::nn::BatchNorm2d& bn, const torch::Tensor& x0, const torch::Tensor& shortcut0, bool relu,
           const torch::Tensor& slope, bool fused) {
  const auto x = leaf(x0);
  const auto shortcut = shortcut0.defined() ? leaf(shortcut0) : torch::Tensor();
  const Epilogue epilogue{.shortcut = shortcut, .relu = relu};
  bn->zero_grad();
  torch::Tensor y;
  if (fused) {
    EXPECT_TRUE(can_fuse_batch_norm(*bn, x, epilogue));
    y = fused_batch_norm(*bn, x, epilogue);
  } else {
    y = bn->forward(x);
    if (shortcut.defined()) y = y + shortcut;
    if (relu) y = y.relu();
  }
  (y * slope.to(y.dtype())).sum().backward();
  return {y.detach(),
          x.grad(),
          shortcut.defined() ? shortcut.grad() : torch::Tensor(),
          bn->weight.grad(),
          bn->bias.grad(),
          bn->running_mean.clone(),
          bn->running_var.clone()};
}

void compare(torch::Dtype dtype, double tolerance) {
  for (const auto& shape : {std::vector<int64_t>{6, 16, 9, 7}, {3, 64, 5, 5}, {40, 10, 4, 4}, {6, 3, 2, 1}})
    for (const bool has_shortcut : {false, true})
      for (const bool relu : {false, true}) {
        SCOPED_TRACE(testing::Message()
                     << shape << (has_shortcut ? " shortcut" : "") << (relu ? " relu" : ""));
        torch::manual_seed(11);
        auto bn = affine_norm(shape[1]);
        const auto make = [&] {
          return (torch::randn(shape) * 2 + 3).to(dtype).contiguous(torch::MemoryFormat::ChannelsLast);
        };
        const auto x = make(), slope = make();
        const auto shortcut = has_shortcut ? make() - 3 : torch::Tensor();
        torch::nn::BatchNorm2d wide(std::dynamic_pointer_cast<torch::nn::BatchNorm2dImpl>(bn->clone()));
        wide->to(torch::kDouble);
        const auto in_double = [](const torch::Tensor& t) { return t.defined() ? t.to(torch::kDouble) : t; };
        const Result expected = run(wide, in_double(x), in_double(shortcut), relu, slope, /*fused=*/false);
        const Result actual = run(bn, x, shortcut, relu, slope, /*fused=*/true);
        EXPECT_EQ(actual.y.scalar_type(), dtype);
        EXPECT_LT(error(actual.y, expected.y), tolerance);
        EXPECT_LT(error(actual.x_gradient, expected.x_gradient), 10 * tolerance);
        if (has_shortcut) {
          EXPECT_LT(error(actual.shortcut_gradient, expected.shortcut_gradient), 10 * tolerance);
        }
        EXPECT_LT(error(actual.gamma_gradient, expected.gamma_gradient), 10 * tolerance);
        EXPECT_LT(error(actual.beta_gradient, expected.beta_gradient), 10 * tolerance);
        EXPECT_LT(error(actual.mean, expected.mean), 1e-6);
        EXPECT_LT(error(actual.variance, expected.variance), 1e-5);
        EXPECT_EQ(bn->num_batches_tracked.item<int64_t>(), 1);
      }
}

TEST(FusedBatchNorm, AgreesWithFloat64InFloat32) { compare(torch::kFloat, 1e-6); }
TEST(FusedBatchNorm, AgreesWithFloat64InBfloat16) { compare(torch::kBFloat16, 1.0 / 256); }

// A naive E[x^2] - E[x]^2 in float32 would lose all digits here.
TEST(FusedBatchNorm, KeepsTheVarianceOfChannelsFarFromZero) {
  torch::manual_seed(12);
  auto bn = affine_norm(8);
  const auto x = (torch::randn({16, 8, 8, 8}) + 1e4).contiguous(torch::MemoryFormat::ChannelsLast);
  fused_batch_norm(*bn, x, {});
  const auto variance = 0.9 + 0.1 * x.to(torch::kDouble).var({0, 2, 3}, /*unbiased=*/true);
  EXPECT_LT(error(bn->running_var, variance), 1e-3);
}

TEST(FusedBatchNorm, GivesTheSameBitsOnAnyNumberOfThreads) {
  torch::manual_seed(13);
  auto bn = affine_norm(32);
  const auto x = torch::randn({9, 32, 6, 6}).contiguous(torch::MemoryFormat::ChannelsLast);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Result one = run(bn, x, {}, true, x, true);
  at::set_num_threads(3);
  const Result three = run(bn, x, {}, true, x, true);
  at::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one.y, three.y));
  EXPECT_TRUE(torch::equal(one.x_gradient, three.x_gradient));
}

TEST(FusedBatchNorm, LeavesEvaluationOtherLayoutsAndFloat64ToTheModule) {
  auto bn = affine_norm(4);
  const auto x = torch::randn({2, 4, 3, 3});
  const auto nhwc = x.contiguous(torch::MemoryFormat::ChannelsLast);
  EXPECT_TRUE(can_fuse_batch_norm(*bn, nhwc, {}));
  EXPECT_FALSE(can_fuse_batch_norm(*bn, x, {}));
  EXPECT_FALSE(can_fuse_batch_norm(*bn, nhwc.to(torch::kDouble), {}));
  EXPECT_FALSE(can_fuse_batch_norm(*bn, nhwc, {.shortcut = nhwc.to(torch::kBFloat16)}));
  bn->eval();
  EXPECT_FALSE(can_fuse_batch_norm(*bn, nhwc, {}));
}

TEST(FusedBatchNorm, RefusesASingleValueAChannel) {
  auto bn = affine_norm(4);
  EXPECT_THROW(fused_batch_norm(*bn, torch::randn({1, 4, 1, 1}), {}), c10::Error);
}

// Adds up over two threads, as two processes do.
class TwoThreads {
 public:
  SumOverProcesses sum(size_t rank) {
    return [this, rank](std::span<double> values) {
      shared_[rank].assign(values.begin(), values.end());
      barrier_.arrive_and_wait();
      for (size_t i = 0; i < values.size(); ++i) values[i] = shared_[0][i] + shared_[1][i];
      barrier_.arrive_and_wait();
    };
  }

 private:
  std::array<std::vector<double>, 2> shared_{};
  std::barrier<> barrier_{2};
};

void compare_halves(torch::Dtype dtype, double tolerance) {
  torch::manual_seed(4);
  auto whole_norm = affine_norm(16);
  const auto make = [&] {
    return (torch::randn({8, 16, 5, 5}) * 2 + 30).to(dtype).contiguous(torch::MemoryFormat::ChannelsLast);
  };
  const auto x = make(), shortcut = make() - 30, slope = make();
  std::vector<torch::nn::BatchNorm2d> norms;
  for (int i = 0; i < 2; ++i)
    norms.emplace_back(std::dynamic_pointer_cast<torch::nn::BatchNorm2dImpl>(whole_norm->clone()));
  const Result whole = run(whole_norm, x, shortcut, /*relu=*/true, slope, /*fused=*/true);
  std::array<Result, 2> halves;
  TwoThreads threads;
  const auto half = [](const torch::Tensor& t, size_t rank) {
    // Of different sizes: what is averaged is weighted by them.
    return rank == 0 ? t.narrow(0, 0, 3) : t.narrow(0, 3, 5);
  };
  const auto work = [&](size_t rank) {
    synchronize_batch_norm(threads.sum(rank));
    halves[rank] = run(norms[rank], half(x, rank), half(shortcut, rank), true, half(slope, rank), true);
    synchronize_batch_norm({});
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  const auto both = [&](torch::Tensor Result::*member) {
    return torch::cat({halves[0].*member, halves[1].*member});
  };
  EXPECT_LT(error(both(&Result::y), whole.y), tolerance);
  EXPECT_LT(error(both(&Result::x_gradient), whole.x_gradient), 10 * tolerance);
  EXPECT_LT(error(both(&Result::shortcut_gradient), whole.shortcut_gradient), 10 * tolerance);
  EXPECT_LT(error(halves[0].gamma_gradient + halves[1].gamma_gradient, whole.gamma_gradient), 10 * tolerance);
  EXPECT_LT(error(halves[0].beta_gradient + halves[1].beta_gradient, whole.beta_gradient), 10 * tolerance);
  for (const Result& part : halves) {
    EXPECT_LT(error(part.mean, whole.mean), 1e-6);
    EXPECT_LT(error(part.variance, whole.variance), 1e-5);
  }
}

TEST(SynchronizedBatchNorm, IsTheWholeBatchsInFloat32) { compare_halves(torch::kFloat, 1e-5); }
TEST(SynchronizedBatchNorm, IsTheWholeBatchsInBfloat16) { compare_halves(torch::kBFloat16, 1e-2); }

}  // namespace
}  // namespace retort::models
