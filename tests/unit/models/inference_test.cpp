// SPDX-License-Identifier: MIT
#include "retort/models/inference.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

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

void expect_close(const Output& actual, const Output& expected, double tolerance) {
  EXPECT_EQ(actual.logits.scalar_type(), torch::kFloat);
  EXPECT_LT(difference(actual.logits, expected.logits), tolerance);
  ASSERT_EQ(actual.features.size(), expected.features.size());
  for (size_t i = 0; i < actual.features.size(); ++i) {
    ASSERT_EQ(actual.features[i].sizes(), expected.features[i].sizes());
    EXPECT_LT(difference(actual.features[i], expected.features[i]), tolerance) << "feature " << i;
  }
}

TEST(InferenceModel, AgreesWithTheNetworkOfEachFamily) {
  for (const Architecture& architecture : families()) {
    SCOPED_TRACE(architecture.label());
    const auto model = trained(architecture);
    model->eval();
    const auto images = torch::randn({5, 3, 16, 16});
    const Output expected = model->forward(images);
    InferenceModel narrow(model, torch::kBFloat16), wide(model, torch::kFloat32);
    expect_close(wide.forward(images), expected, 2e-5);
    expect_close(narrow.forward(images), expected, 0.05);
  }
}

TEST(InferenceModel, TakesBatchesOfAnySizeAndLayout) {
  const auto model = trained({.name = "resnet20"});
  model->eval();
  InferenceModel frozen(model, torch::kFloat32);
  for (const int64_t size : {4, 1, 7}) {
    const auto images = torch::randn({size, 3, 16, 16});
    const auto expected = model->forward(images);
    expect_close(frozen.forward(images), expected, 2e-5);
    expect_close(frozen.forward(images.contiguous(torch::MemoryFormat::ChannelsLast)), expected, 2e-5);
  }
}

TEST(InferenceModel, AnswersInItsOwnPrecisionUnderAutocast) {
  const auto model = trained({.name = "resnet8x4"});
  InferenceModel frozen(model, torch::kFloat32);
  const auto images = torch::randn({3, 3, 16, 16});
  const auto expected = frozen.forward(images).logits;
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const auto actual = frozen.forward(images).logits;
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_TRUE(torch::equal(actual, expected));
}

TEST(InferenceModel, FreezesItsNetworkAndRefusesOneThatTrains) {
  const auto model = trained({.name = "mlp", .widths = {8}});
  InferenceModel frozen(model, torch::kFloat32);
  const auto images = torch::randn({2, 3, 16, 16});
  EXPECT_FALSE(frozen.forward(images).logits.requires_grad());
  for (const auto& parameter : model->parameters()) EXPECT_FALSE(parameter.requires_grad());
  model->train();
  EXPECT_THROW(frozen.forward(images), c10::Error);
  EXPECT_THROW(InferenceModel(model, torch::kFloat64), c10::Error);
}

}  // namespace
}  // namespace retort::models
