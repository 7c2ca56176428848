// SPDX-License-Identifier: MIT
#include "retort/methods/teacher.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

namespace retort::methods {
namespace {

constexpr int kSamples = 3, kClasses = 4;

torch::Tensor random_logits(int teachers) {
  torch::manual_seed(5);
  return 4 * at::randn({teachers, kSamples, kClasses}, torch::kDouble);
}

torch::Tensor softened(const torch::Tensor& logits, double temperature) {
  return at::softmax(logits / temperature, -1);
}

bool near(const torch::Tensor& a, const torch::Tensor& b, double tolerance = 1e-12) {
  return at::allclose(a.to(torch::kDouble), b.to(torch::kDouble), tolerance, tolerance);
}

constexpr Combine kCombines[] = {Combine::probability_mean, Combine::geometric_mean};

TEST(CombineLogits, OneTeacherComesBackAsItIs) {
  const auto logits = random_logits(1).to(torch::kBFloat16);
  for (const Combine combine : kCombines) {
    EXPECT_TRUE(at::equal(combine_logits(logits, {}, combine, 4), logits[0]));
    EXPECT_TRUE(at::equal(combine_logits(logits, {1.0}, combine, 4), logits[0]));
  }
}

TEST(CombineLogits, EqualTeachersAreOneTeacher) {
  const auto one = random_logits(1);
  for (const Combine combine : kCombines) {
    const auto together = combine_logits(one.repeat({3, 1, 1}), {0.5, 0.25, 0.25}, combine, 4);
    EXPECT_TRUE(near(softened(together, 4), softened(one[0], 4)));
  }
}

TEST(CombineLogits, ProbabilityMeanIsTheMeanOfSoftenedDistributions) {
  const auto logits = random_logits(3);
  for (const double temperature : {1.0, 4.0, 20.0}) {
    const auto equal = combine_logits(logits, {}, Combine::probability_mean, temperature);
    EXPECT_TRUE(near(softened(equal, temperature), softened(logits, temperature).mean(0)));
    const auto weighted = combine_logits(logits, {0.5, 0.3, 0.2}, Combine::probability_mean, temperature);
    const auto p = softened(logits, temperature);
    EXPECT_TRUE(near(softened(weighted, temperature), 0.5 * p[0] + 0.3 * p[1] + 0.2 * p[2]));
  }
}

TEST(CombineLogits, GeometricMeanIsTheLogitMean) {
  const auto logits = random_logits(3);
  EXPECT_TRUE(near(combine_logits(logits, {}, Combine::geometric_mean, 4), logits.mean(0)));
  // The same, said of distributions: the normalised product of p_k^w_k.
  const auto product = (softened(logits, 4).log().mean(0)).exp();
  EXPECT_TRUE(near(softened(combine_logits(logits, {}, Combine::geometric_mean, 4), 4),
                   product / product.sum(1, /*keepdim=*/true)));
}

TEST(CombineLogits, ProbabilityMeanIsNotTheLogitMean) {
  const auto logits = random_logits(3);
  const auto arithmetic = softened(combine_logits(logits, {}, Combine::probability_mean, 2), 2);
  const auto geometric = softened(combine_logits(logits, {}, Combine::geometric_mean, 2), 2);
  EXPECT_GT((arithmetic - geometric).abs().max().item<double>(), 0.01);
}

TEST(CombineLogits, IsFiniteAtExtremeLogitsAndWidensBfloat16) {
  const auto one = at::tensor({1e4, -1e4, 0.0, -1e4}, torch::kFloat).view({1, 1, 4});
  const auto logits = at::cat({one, one.flip(2)}).to(torch::kBFloat16);
  for (const Combine combine : kCombines) {
    const auto together = combine_logits(logits, {}, combine, 1);
    EXPECT_EQ(together.scalar_type(), torch::kFloat);
    EXPECT_TRUE(together.isfinite().all().item<bool>()) << together;
  }
}

TEST(CombineLogits, RefusesWeightsOfAnotherNumber) {
  EXPECT_THROW(combine_logits(random_logits(3), {0.5, 0.5}, Combine::probability_mean, 1), c10::Error);
  EXPECT_THROW(combine_logits(random_logits(3)[0], {}, Combine::probability_mean, 1), c10::Error);
}

// A network in which training and evaluation differ.
class SmallModel : public models::Model {
 public:
  SmallModel()
      : bn(register_module("bn", torch::nn::BatchNorm1d(2))),
        fc(register_module("fc", torch::nn::Linear(2, kClasses))) {}
  models::Output run(models::Layers& layers, const torch::Tensor& images) override {
    const auto hidden = bn(images.flatten(1));
    return {.logits = layers.linear(fc, hidden, /*relu=*/false), .features = {hidden}};
  }
  std::vector<models::Feature> features() const override { return {{.name = "hidden0", .channels = 2}}; }

  torch::nn::BatchNorm1d bn;
  torch::nn::Linear fc;
};

std::unique_ptr<Teacher> teacher_of(const std::vector<std::shared_ptr<SmallModel>>& networks) {
  std::vector<models::InferenceModel> frozen;
  for (const auto& network : networks) frozen.emplace_back(network, torch::kFloat32);
  return make_network_teacher(std::move(frozen));
}

data::Batch batch_of(torch::Tensor images) {
  return {.images = std::move(images), .labels = {}, .sample_ids = {}, .view_ids = {}};
}

TEST(NetworkTeacher, AnswersForEveryNetwork) {
  torch::manual_seed(1);
  const auto first = std::make_shared<SmallModel>(), second = std::make_shared<SmallModel>();
  const auto teacher = teacher_of({first, second});
  EXPECT_EQ(teacher->size(), 2);
  const auto batch = batch_of(at::randn({kSamples, 1, 1, 2}));
  const TeacherOutput output = teacher->answer(batch);
  ASSERT_EQ(output.logits.sizes(), (std::vector<int64_t>{2, kSamples, kClasses}));
  EXPECT_TRUE(at::equal(output.logits[0], first->forward(batch.images).logits));
  EXPECT_TRUE(at::equal(output.logits[1], second->forward(batch.images).logits));
}

// What a method compares with must be of use in a backward pass.
TEST(NetworkTeacher, AnswersMayBeSavedForABackwardPass) {
  const auto teacher = teacher_of({std::make_shared<SmallModel>()});
  const TeacherOutput output = teacher->answer(batch_of(at::randn({kSamples, 1, 1, 2})));
  const auto student = at::zeros({kSamples, kClasses}).requires_grad_();
  (student * output.logits[0]).sum().backward();
  EXPECT_TRUE(at::equal(student.grad(), output.logits[0]));
}

TEST(NetworkTeacher, RunsInEvaluationModeWithoutGradients) {
  const auto model = std::make_shared<SmallModel>();
  const auto teacher = teacher_of({model});
  const auto running_mean = model->bn->running_mean.clone();
  const auto images = 5 + at::randn({kSamples, 1, 1, 2});
  const auto all = teacher->answer(batch_of(images)).logits[0];
  EXPECT_FALSE(all.requires_grad());
  EXPECT_TRUE(at::equal(model->bn->running_mean, running_mean));
  for (const auto& parameter : model->parameters()) EXPECT_FALSE(parameter.requires_grad());
  // Batch statistics would make the answer depend on the company.
  EXPECT_TRUE(near(teacher->answer(batch_of(images.slice(0, 0, 1))).logits[0][0], all[0], 1e-6));
}

TEST(NetworkTeacher, RefusesANetworkPutBackIntoTraining) {
  const auto model = std::make_shared<SmallModel>();
  const auto teacher = teacher_of({model});
  model->train();
  EXPECT_THROW(teacher->answer(batch_of(at::zeros({kSamples, 1, 1, 2}))), c10::Error);
  EXPECT_THROW(teacher_of({}), c10::Error);
}

}  // namespace
}  // namespace retort::methods
