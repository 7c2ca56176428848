// SPDX-License-Identifier: MIT
#include "retort/models/model.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>

namespace retort::models {
namespace {

// Small networks that between them have every kind of block and stem.
const Architecture kArchitectures[] = {
    {.name = "resnet8"},
    {.name = "resnet8x4"},
    {.name = "resnet18"},
    {.name = "resnet18", .stem = "imagenet"},
    {.name = "resnet50", .stem = "imagenet"},
    {.name = "mlp", .widths = {30, 20}},
    {.name = "mlp", .widths = {30, 20}, .dropout = 0.5, .input_dropout = 0.2},
};
const Task kTask{.channels = 3, .height = 16, .width = 16, .num_classes = 7};

torch::Tensor some_images(int64_t count) {
  return torch::randn({count, kTask.channels, kTask.height, kTask.width})
      .contiguous(torch::MemoryFormat::ChannelsLast);
}

TEST(Model, GivesTheLogitsAndFeaturesThatItDeclares) {
  torch::NoGradGuard no_grad;
  for (const Architecture& architecture : kArchitectures) {
    SCOPED_TRACE(architecture.label());
    const auto model = make_model(architecture, kTask);
    const Output output = model->forward(some_images(2));
    EXPECT_EQ(output.logits.sizes(), (std::vector<int64_t>{2, 7}));
    const std::vector<Feature> features = model->features();
    ASSERT_EQ(output.features.size(), features.size());
    for (size_t i = 0; i < features.size(); ++i) {
      EXPECT_EQ(output.features[i].size(0), 2) << features[i].name;
      EXPECT_EQ(output.features[i].size(1), features[i].channels) << features[i].name;
      EXPECT_GE(output.features[i].min().item<float>(), 0) << features[i].name;  // after the ReLU
    }
  }
}

TEST(Model, NamesItsFeatures) {
  const auto names = [](const Architecture& architecture) {
    std::string text;
    for (const Feature& feature : make_model(architecture, kTask)->features())
      text += feature.name + ":" + std::to_string(feature.channels) + " ";
    return text;
  };
  EXPECT_EQ(names({.name = "resnet18"}), "layer1:64 layer2:128 layer3:256 layer4:512 pooled:512 ");
  EXPECT_EQ(names({.name = "resnet50"}), "layer1:256 layer2:512 layer3:1024 layer4:2048 pooled:2048 ");
  EXPECT_EQ(names({.name = "resnet8x4"}), "layer1:64 layer2:128 layer3:256 pooled:256 ");
  EXPECT_EQ(names({.name = "mlp", .widths = {30, 20}}), "hidden0:30 hidden1:20 ");
}

TEST(Model, HalvesThePictureFromStageToStage) {
  torch::NoGradGuard no_grad;
  const auto sizes = [](const Architecture& architecture) {
    std::vector<int64_t> result;
    for (const torch::Tensor& feature : make_model(architecture, kTask)->forward(some_images(2)).features)
      if (feature.dim() == 4) result.push_back(feature.size(3));
    return result;
  };
  EXPECT_EQ(sizes({.name = "resnet18"}), (std::vector<int64_t>{16, 8, 4, 2}));
  EXPECT_EQ(sizes({.name = "resnet18", .stem = "imagenet"}), (std::vector<int64_t>{4, 2, 1, 1}));
  EXPECT_EQ(sizes({.name = "resnet20"}), (std::vector<int64_t>{16, 8, 4}));
}

TEST(Model, GradientsReachEveryParameter) {
  for (const Architecture& architecture : kArchitectures) {
    SCOPED_TRACE(architecture.label());
    torch::manual_seed(1);
    const auto model = make_model(architecture, kTask);
    const torch::Tensor labels = torch::arange(4);
    torch::nn::functional::cross_entropy(model->forward(some_images(4)).logits, labels).backward();
    for (const auto& parameter : model->named_parameters()) {
      ASSERT_TRUE(parameter->grad().defined()) << parameter.key();
      EXPECT_GT(parameter->grad().abs().sum().item<double>(), 0) << parameter.key();
    }
  }
}

// In-place ReLU must not change what a feature, seen by a distillation loss, was when it was taken.
TEST(Model, FeaturesStayAsTheyWereAndCarryGradients) {
  for (const Architecture& architecture : kArchitectures) {
    SCOPED_TRACE(architecture.label());
    const auto model = make_model(architecture, kTask);
    const Output output = model->forward(some_images(2));
    torch::Tensor sum = output.logits.square().mean();
    for (const torch::Tensor& feature : output.features) sum = sum + feature.square().mean();
    sum.backward();
    EXPECT_TRUE(model->parameters()[0].grad().isfinite().all().item<bool>());
  }
}

TEST(Model, EvaluationAnswersEachPictureAlone) {
  torch::NoGradGuard no_grad;
  for (const Architecture& architecture : kArchitectures) {
    SCOPED_TRACE(architecture.label());
    const auto model = make_model(architecture, kTask);
    const torch::Tensor images = some_images(3);
    model->forward(images);  // training: moves the running statistics away from 0 and 1
    model->eval();
    const torch::Tensor logits = model->forward(images).logits;
    EXPECT_TRUE(
        torch::allclose(model->forward(images.slice(0, 1, 2)).logits, logits.slice(0, 1, 2), 1e-4, 1e-4));
    EXPECT_TRUE(torch::equal(model->forward(images).logits, logits));  // nothing random, nothing updated
  }
}

TEST(Model, TrainingNormalisesOverTheBatchAndTracksIt) {
  torch::NoGradGuard no_grad;
  const auto model = make_model({.name = "resnet8"}, kTask);
  const torch::Tensor images = some_images(8);
  const torch::Tensor trained = model->forward(images).logits;
  const torch::Tensor tracked = model->named_buffers()["bn1.num_batches_tracked"];
  EXPECT_EQ(tracked.item<int64_t>(), 1);
  model->eval();
  EXPECT_FALSE(torch::allclose(model->forward(images).logits, trained, 1e-3, 1e-3));
  EXPECT_EQ(tracked.item<int64_t>(), 1);
}

TEST(Model, DropoutActsInTrainingOnly) {
  torch::NoGradGuard no_grad;
  const auto model = make_model({.name = "mlp", .widths = {64}, .dropout = 0.5}, kTask);
  const torch::Tensor images = some_images(2);
  EXPECT_FALSE(torch::equal(model->forward(images).logits, model->forward(images).logits));
  model->eval();
  EXPECT_TRUE(torch::equal(model->forward(images).logits, model->forward(images).logits));
}

}  // namespace
}  // namespace retort::models
