// SPDX-License-Identifier: MIT
#include "retort/export/run_graph.h"

#include <limits>

#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/export/quantize.h"
#include "retort/export/trace.h"
#include "retort/models/architecture.h"

namespace retort::exporting {
namespace {

constexpr models::Task kTask{.height = 16, .width = 16};

struct Case {
  std::shared_ptr<models::Model> model;
  OnnxGraph graph;
  torch::Tensor images, logits;
};

// Statistics and affine parameters as training leaves them, or folding would have nothing to do.
Case make_case(const models::Architecture& architecture) {
  torch::manual_seed(3);
  const torch::NoGradGuard no_grad;
  auto model = models::make_model(architecture, kTask);
  for (const auto& module : model->modules())
    if (auto* bn = module->as<torch::nn::BatchNorm2d>()) {
      bn->running_mean.uniform_(-0.2, 0.2);
      bn->running_var.uniform_(0.5, 1.5);
      bn->weight.uniform_(0.5, 1.5);
      bn->bias.uniform_(-0.2, 0.2);
    }
  model->eval();
  const torch::Tensor images = torch::randn({7, kTask.channels, kTask.height, kTask.width});
  return {model, trace(*model, kTask), images, model->forward(images).logits};
}

double relative_difference(const torch::Tensor& found, const torch::Tensor& expected) {
  return ((found - expected).norm() / expected.norm()).item<double>();
}

const std::vector<models::Architecture> kFamilies = {{.name = "resnet8"},
                                                     {.name = "resnet18", .stem = "imagenet"},
                                                     {.name = "mlp", .widths = {40, 20}, .dropout = 0.5}};

TEST(RunGraph, AnswersAsTheNetwork) {
  for (const models::Architecture& architecture : kFamilies) {
    const Case it = make_case(architecture);
    EXPECT_LT(relative_difference(run_graph(it.graph, it.images), it.logits), 1e-5) << architecture.label();
  }
}

TEST(Quantize, AnswersNearlyAsTheNetworkAndInEveryBatchAlike) {
  for (const models::Architecture& architecture : kFamilies) {
    SCOPED_TRACE(architecture.label());
    const Case it = make_case(architecture);
    const OnnxGraph rounded =
        quantize(it.graph, calibrate(it.graph, {it.images, torch::randn_like(it.images)}));
    const torch::Tensor logits = run_graph(rounded, it.images);
    EXPECT_GT(relative_difference(logits, it.logits), 0);
    EXPECT_LT(relative_difference(logits, it.logits), 0.1);
    EXPECT_TRUE(torch::allclose(run_graph(rounded, it.images.slice(0, 2, 3)), logits.slice(0, 2, 3)));
    for (const OnnxTensor& constant : rounded.constants)
      if (constant.name.ends_with(".weight")) {
        EXPECT_EQ(constant.dtype, Dtype::i8) << constant.name;
      }
  }
}

TEST(Quantize, RefusesANetworkThatComputesNoNumbers) {
  const Case it = make_case({.name = "resnet8"});
  EXPECT_THROW(calibrate(it.graph, {it.images * std::numeric_limits<float>::infinity()}), Error);
}

TEST(StoreInBfloat16, RoundsWeightsAlone) {
  for (const models::Architecture& architecture : kFamilies) {
    const Case it = make_case(architecture);
    const OnnxGraph half = store_in_bfloat16(it.graph);
    EXPECT_LT(relative_difference(run_graph(half, it.images), it.logits), 0.02) << architecture.label();
    EXPECT_LT(to_onnx(half).size(), 0.6 * static_cast<double>(to_onnx(it.graph).size()));
  }
}

}  // namespace
}  // namespace retort::exporting
