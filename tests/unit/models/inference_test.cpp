// SPDX-License-Identifier: MIT
#include "retort/models/inference.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include "retort/models/folded_layers.h"
#include "retort/models/quantized_layers.h"

namespace retort::models {
namespace {

constexpr Task kTask{.height = 16, .width = 16};

std::vector<Architecture> families() {
  return {{.name = "resnet18"}, {.name = "resnet50"},  {.name = "resnet18", .stem = "imagenet"},
          {.name = "resnet20"}, {.name = "resnet8x4"}, {.name = "mlp", .widths = {40, 20}, .dropout = 0.5}};
}

// Running statistics and affine parameters as training leaves them: not 0 and 1.
std::shared_ptr<Model> trained(const Architecture& architecture) {
  torch::manual_seed(7);
  const auto model = make_model(architecture, kTask);
  const torch::NoGradGuard no_grad;
  for (const auto& module : model->modules())
    if (auto* bn = module->as<torch::nn::BatchNorm2d>()) {
      bn->running_mean.uniform_(-0.2, 0.2);
      bn->running_var.uniform_(0.5, 1.5);
      bn->weight.uniform_(0.5, 1.5);
      bn->bias.uniform_(-0.2, 0.2);
    }
  return model;
}

// The largest difference, as a share of the largest element.
double difference(const torch::Tensor& actual, const torch::Tensor& expected) {
  const auto wide = expected.to(torch::kDouble);
  return ((actual.to(torch::kDouble) - wide).abs().max() / wide.abs().max()).item<double>();
}

void expect_close(const torch::Tensor& actual, const torch::Tensor& expected, double tolerance) {
  EXPECT_EQ(actual.scalar_type(), torch::kFloat);
  ASSERT_EQ(actual.sizes(), expected.sizes());
  EXPECT_LT(difference(actual, expected), tolerance);
}

TEST(InferenceModel, AgreesWithTheNetworkOfEachFamily) {
  for (const Architecture& architecture : families()) {
    SCOPED_TRACE(architecture.label());
    const auto model = trained(architecture);
    model->eval();
    const auto images = torch::randn({5, 3, 16, 16});
    const torch::Tensor expected = model->forward(images).logits;
    InferenceModel narrow(model, torch::kBFloat16), wide(model, torch::kFloat32);
    expect_close(wide.forward(images), expected, 2e-5);
    expect_close(narrow.forward(images), expected, 0.05);
  }
}

// What a GPU runs but for cuDNN's fused calls: here each group is computed operator by operator.
TEST(FoldedLayers, AnswerAsTheNetworkOfEachFamily) {
  for (const Architecture& architecture : families()) {
    SCOPED_TRACE(architecture.label());
    const auto model = trained(architecture);
    model->eval();
    const torch::NoGradGuard no_grad;
    const auto images = torch::randn({5, 3, 16, 16}).contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor expected = model->forward(images).logits;
    FoldedLayers wide(torch::kFloat32), narrow(torch::kBFloat16);
    for (int call = 0; call < 2; ++call) {  // folded at the first, and taken as they are at the second
      expect_close(model->run(wide, images).logits, expected, 2e-5);
      const torch::Tensor rounded = model->run(narrow, images.to(torch::kBFloat16)).logits;
      expect_close(rounded.to(torch::kFloat32), expected, 0.05);
    }
  }
}

double relative_difference(const torch::Tensor& found, const torch::Tensor& expected) {
  return ((found - expected).norm() / expected.norm()).item<double>();
}

TEST(InferenceModel, InInt8AnswersNearlyAsTheNetwork) {
  for (const Architecture& architecture : families()) {
    SCOPED_TRACE(architecture.label());
    const auto model = trained(architecture);
    model->eval();
    std::vector<torch::Tensor> pictures;
    for (int i = 0; i < 4; ++i) pictures.push_back(torch::randn({16, 3, 16, 16}));
    InferenceModel rounded = InferenceModel::in_int8(model, pictures);
    for (const int64_t size : {16, 1, 5}) {
      const auto images = torch::randn({size, 3, 16, 16});
      EXPECT_LT(relative_difference(rounded.forward(images), model->forward(images).logits), 0.1);
    }
  }
}

// oneDNN's integers against the same arithmetic in float32, in which whole numbers of this size are exact.
TEST(QuantizedLayers, ConvolveAsTheFormulaSays) {
  torch::nn::Conv2d first(torch::nn::Conv2dOptions(3, 8, 3).padding(1).bias(false));
  torch::nn::Conv2d second(torch::nn::Conv2dOptions(8, 8, 1).bias(false));
  torch::nn::BatchNorm2d plain(8);
  plain->eval();
  const torch::NoGradGuard no_grad;
  const auto images = torch::randn({4, 3, 6, 6}).contiguous(torch::MemoryFormat::ChannelsLast);
  const auto run = [&](Layers& layers) {
    const torch::Tensor x = layers.conv_bn(first, plain, images, {.relu = true});
    return layers.conv_bn(second, plain, x, {.shortcut = x, .relu = true});
  };
  CalibrationLayers calibration;
  const torch::Tensor exact = run(calibration);
  QuantizedLayers layers(calibration.take_ranges());
  const torch::Tensor found = run(layers);

  const auto grid = [](const torch::Tensor& x, double scale, double zero_point) {
    return (((x / scale).round() + zero_point).clamp(0, 255) - zero_point) * scale;
  };
  const auto folded = [&](torch::nn::Conv2d& conv) {
    const Int8Weight weight = round_to_int8(fold(*conv, *plain).weight);
    return weight.levels.to(torch::kFloat32) * weight.scales.view({-1, 1, 1, 1});
  };
  const double low = images.min().item<double>(), width = images.max().item<double>() - low;
  const torch::Tensor seen = grid(images, width / 255, std::round(-low / (width / 255)));
  const auto levels = [&](const torch::Tensor& x, const torch::Tensor& range) {
    return grid(x, range.max().item<double>() / 255, 0);
  };
  CalibrationLayers again;
  const torch::Tensor middle_exact = again.conv_bn(first, plain, images, {.relu = true});
  const torch::Tensor middle =
      levels(torch::relu(torch::conv2d(seen, folded(first), {}, 1, 1)), middle_exact);
  const torch::Tensor expected = levels(torch::relu(torch::conv2d(middle, folded(second)) + middle), exact);
  const double step = exact.max().item<double>() / 255;
  EXPECT_LT((found - expected).abs().max().item<double>(), 1.01 * step);  // a tie may round either way
  EXPECT_LT(relative_difference(found, exact), 0.03);
}

TEST(RoundToInt8, KeepsEachChannelWithinHalfAStep) {
  torch::Tensor weight =
      torch::randn({4, 3, 3, 3}) * torch::tensor({1.0, 100.0, 1e-4, 0.0}).view({4, 1, 1, 1});
  const Int8Weight rounded = round_to_int8(weight);
  const torch::Tensor back = rounded.levels.to(torch::kFloat32) * rounded.scales.view({4, 1, 1, 1});
  EXPECT_TRUE(((back - weight).abs() <= 0.501 * rounded.scales.view({4, 1, 1, 1})).all().item<bool>());
  EXPECT_EQ(rounded.levels.abs().max().item<int>(), 127);
}

TEST(InferenceModel, TakesBatchesOfAnySizeAndLayout) {
  const auto model = trained({.name = "resnet20"});
  model->eval();
  InferenceModel frozen(model, torch::kFloat32);
  for (const int64_t size : {4, 1, 7, 70}) {  // 70: more than are seen at a time
    const auto images = torch::randn({size, 3, 16, 16});
    const auto expected = model->forward(images).logits;
    expect_close(frozen.forward(images), expected, 2e-5);
    expect_close(frozen.forward(images.contiguous(torch::MemoryFormat::ChannelsLast)), expected, 2e-5);
  }
}

TEST(InferenceModel, AnswersInItsOwnPrecisionUnderAutocast) {
  const auto model = trained({.name = "resnet8x4"});
  InferenceModel frozen(model, torch::kFloat32);
  const auto images = torch::randn({3, 3, 16, 16});
  const auto expected = frozen.forward(images);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const auto actual = frozen.forward(images);
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_TRUE(torch::equal(actual, expected));
}

TEST(InferenceModel, FreezesItsNetworkAndRefusesOneThatTrains) {
  const auto model = trained({.name = "mlp", .widths = {8}});
  InferenceModel frozen(model, torch::kFloat32);
  const auto images = torch::randn({2, 3, 16, 16});
  EXPECT_FALSE(frozen.forward(images).requires_grad());
  for (const auto& parameter : model->parameters()) EXPECT_FALSE(parameter.requires_grad());
  model->train();
  EXPECT_THROW(frozen.forward(images), c10::Error);
  EXPECT_THROW(InferenceModel(model, torch::kFloat64), c10::Error);
}

}  // namespace
}  // namespace retort::models
