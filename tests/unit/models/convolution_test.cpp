// SPDX-License-Identifier: MIT
#include "retort/models/convolution.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

namespace retort::models {
namespace {

double error(const torch::Tensor& actual, const torch::Tensor& expected) {
  const auto wide = expected.to(torch::kDouble);
  return ((actual.to(torch::kDouble) - wide).abs().max() / wide.abs().max()).item<double>();
}

torch::Tensor images(const std::vector<int64_t>& shape) {
  return torch::randn(shape).to(torch::kBFloat16).contiguous(torch::MemoryFormat::ChannelsLast);
}

// In float64, from the same rounded numbers.
TEST(ConvolutionWithMatrixGradient, AgreesWithConvolution) {
  struct Case {
    int64_t in, out, kernel, stride, padding, height, width;
  };
  for (const Case& c : {Case{32, 48, 3, 2, 1, 9, 7},
                        {256, 256, 3, 1, 1, 4, 4},
                        {32, 16, 5, 2, 2, 8, 8},
                        {32, 16, 2, 2, 0, 6, 6}}) {
    SCOPED_TRACE(testing::Message() << c.in << " " << c.out << " " << c.kernel << " " << c.stride);
    torch::manual_seed(21);
    torch::nn::Conv2d conv(
        torch::nn::Conv2dOptions(c.in, c.out, c.kernel).stride(c.stride).padding(c.padding).bias(false));
    const auto x = images({5, c.in, c.height, c.width}).requires_grad_();
    ASSERT_TRUE(prefers_matrix_gradient(*conv, x));
    const auto y = convolution_with_matrix_gradient(*conv, x);
    EXPECT_EQ(y.scalar_type(), torch::kBFloat16);
    const auto slope = torch::randn(y.sizes()).to(torch::kBFloat16);
    (y * slope).sum().backward();
    EXPECT_EQ(conv->weight.grad().scalar_type(), torch::kFloat);

    const auto wide_x = x.detach().to(torch::kDouble).requires_grad_();
    const auto wide_weight = conv->weight.detach().to(torch::kBFloat16).to(torch::kDouble).requires_grad_();
    const auto wide_y = torch::conv2d(wide_x, wide_weight, {}, c.stride, c.padding);
    (wide_y * slope.to(torch::kDouble)).sum().backward();
    EXPECT_LT(error(y, wide_y), 1.0 / 128);
    EXPECT_LT(error(x.grad(), wide_x.grad()), 1.0 / 128);
    EXPECT_LT(error(conv->weight.grad(), wide_weight.grad()), 1.0 / 128);
  }
}

TEST(ConvolutionWithMatrixGradient, WorksUnderAutocastAndWithoutAGradientOfItsInput) {
  torch::manual_seed(22);
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(32, 8, 3).stride(2).padding(1).bias(false));
  at::autocast::set_autocast_enabled(at::kCPU, true);
  convolution_with_matrix_gradient(*conv, images({2, 32, 8, 8})).sum().backward();
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_TRUE(conv->weight.grad().defined());
}

TEST(ConvolutionWithMatrixGradient, IsNotForWhatOnednnDoesWell) {
  const auto prefers = [](const torch::nn::Conv2dOptions& options, torch::Dtype dtype) {
    const torch::nn::Conv2d conv(options);
    return prefers_matrix_gradient(*conv, images({1, 64, 4, 4}).to(dtype));
  };
  const torch::nn::Conv2dOptions strided = torch::nn::Conv2dOptions(64, 64, 3).stride(2).bias(false);
  EXPECT_TRUE(prefers(strided, torch::kBFloat16));
  EXPECT_FALSE(prefers(strided, torch::kFloat));
  EXPECT_FALSE(prefers(torch::nn::Conv2dOptions(64, 64, 3).bias(false), torch::kBFloat16));
  EXPECT_FALSE(prefers(torch::nn::Conv2dOptions(64, 64, 1).stride(2).bias(false), torch::kBFloat16));
  EXPECT_FALSE(prefers(torch::nn::Conv2dOptions(64, 64, 3).stride(2), torch::kBFloat16));
  EXPECT_FALSE(
      prefers(torch::nn::Conv2dOptions(64, 64, 3).stride(2).groups(2).bias(false), torch::kBFloat16));
}

}  // namespace
}  // namespace retort::models
