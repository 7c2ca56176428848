// SPDX-License-Identifier: MIT
// A training that stopped and went on is one that never stopped: to the bit, in all that a checkpoint holds.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "retort/core/cpu.h"
#include "retort/trainer/callbacks/early_stopping.h"
#include "retort/trainer/callbacks/ema_weight_averaging.h"
#include "retort/trainer/callbacks/nonfinite_policy.h"
#include "retort/trainer/callbacks/stochastic_weight_averaging.h"
#include "training_fixture.h"

namespace retort::trainer {
namespace {

// Takes a checkpoint wherever one may be taken.
class Snapshots : public Callback {
 public:
  explicit Snapshots(std::vector<checkpoint::Checkpoint>* taken) : taken_(taken) {}
  void on_settled(Trainer& trainer) override { taken_->push_back(snapshot(trainer)); }
  std::string name() const override { return "snapshots"; }

 private:
  std::vector<checkpoint::Checkpoint>* taken_;
};

void expect_same(const checkpoint::Checkpoint& a, const checkpoint::Checkpoint& b) {
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.state, b.state);
  ASSERT_EQ(a.files.size(), b.files.size());
  for (const auto& [name, file] : a.files) {
    const auto& other = b.files.at(name).tensors;
    ASSERT_EQ(file.tensors.size(), other.size());
    for (size_t i = 0; i < other.size(); ++i)
      EXPECT_TRUE(torch::equal(file.tensors[i].second, other[i].second)) << name << " " << other[i].first;
  }
}

// Resumes at every point and compares every later checkpoint, and what the run leaves.
void expect_resumes_anywhere(const TrainingSettings& settings) {
  std::vector<checkpoint::Checkpoint> whole;
  const auto with = [&](std::vector<checkpoint::Checkpoint>* taken) {
    TrainingSettings changed = settings;
    changed.add_callbacks = [&settings, taken](Callbacks& callbacks, models::Model& model) {
      settings.add_callbacks(callbacks, model);
      callbacks.push_back(std::make_unique<Snapshots>(taken));
    };
    return changed;
  };
  Training unbroken(with(&whole));
  unbroken.trainer->fit();
  ASSERT_GE(whole.size(), 6u);
  for (size_t from = 0; from < whole.size(); ++from) {
    SCOPED_TRACE(from);
    std::vector<checkpoint::Checkpoint> rest;
    Training resumed(with(&rest));
    resumed.trainer->load_checkpoint(whole[from], "checkpoint");
    resumed.trainer->fit();
    ASSERT_EQ(rest.size(), whole.size() - from - 1);
    for (size_t i = 0; i < rest.size(); ++i) expect_same(rest[i], whole[from + 1 + i]);
    const auto expected = checkpoint::state_of(*unbroken.model), found = checkpoint::state_of(*resumed.model);
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(torch::equal(expected[i].second, found[i].second)) << expected[i].first;
  }
}

TEST(Resume, OfSgd) { expect_resumes_anywhere({.options = {.max_epochs = 3}}); }

TEST(Resume, OfAdamW) {
  expect_resumes_anywhere({.options = {.max_epochs = 3}, .optimizer = {.name = "adamw", .lr = 0.01}});
}

TEST(Resume, OfAccumulatedBatches) {
  expect_resumes_anywhere({.options = {.max_epochs = 3, .accumulate_grad_batches = 3}});
}

TEST(Resume, WithValidationsWithinTheEpoch) {
  expect_resumes_anywhere({.options = {.max_epochs = 3, .val_check_interval = {.count = 3}}});
}

TEST(Resume, OfClippedGradients) {
  expect_resumes_anywhere({.options = {.max_epochs = 2, .gradient_clip_val = 0.1}});
}

TEST(Resume, OfOtherPrecisions) {
  expect_resumes_anywhere({.options = {.max_epochs = 2, .precision = Precision::float64}});
  if (!cpu_has_bfloat16()) GTEST_SKIP() << "this processor has no bfloat16";
  expect_resumes_anywhere({.options = {.max_epochs = 2, .precision = Precision::bf16_mixed}});
  for (const optim::OptimizerOptions& optimizer :
       {optim::OptimizerOptions{.name = "sgd", .lr = 0.1, .momentum = 0.9}, {.name = "adamw", .lr = 0.01}})
    expect_resumes_anywhere(
        {.options = {.max_epochs = 2, .precision = Precision::bf16_true}, .optimizer = optimizer});
}

TEST(Resume, OfScaledGradients) {
  expect_resumes_anywhere({.options = {.max_epochs = 3, .precision = Precision::float16_mixed}});
}

// With sums on their way that nobody was told yet.
TEST(Resume, OfStepsThatTheHostDoesNotFollow) {
  Repeater repeater;
  for (const Precision precision : {Precision::float32, Precision::float16_mixed})
    expect_resumes_anywhere({.options = {.max_epochs = 3, .log_every_n_steps = 3, .precision = precision},
                             .repeater = &repeater});
}

TEST(Resume, OfTheMovingAverage) {
  expect_resumes_anywhere(
      {.options = {.max_epochs = 3}, .add_callbacks = [](Callbacks& callbacks, models::Model& model) {
         callbacks.push_back(std::make_unique<EmaWeightAveraging>(
             EmaOptions{.decay = 0.9, .update_every_n_steps = 2, .update_starting_at_step = 3}, model));
       }});
}

TEST(Resume, OfStochasticWeightAveraging) {
  expect_resumes_anywhere(
      {.options = {.max_epochs = 4}, .add_callbacks = [](Callbacks& callbacks, models::Model& model) {
         callbacks.push_back(std::make_unique<StochasticWeightAveraging>(
             SwaOptions{.swa_lrs = 0.05, .epoch_start = 2, .annealing_epochs = 2}, model));
       }});
}

TEST(Resume, OfEarlyStopping) {
  static Console console;
  expect_resumes_anywhere(
      {.options = {.max_epochs = 9}, .add_callbacks = [](Callbacks& callbacks, models::Model&) {
         callbacks.push_back(std::make_unique<EarlyStopping>(
             EarlyStoppingOptions{.monitor = "val/accuracy_top1", .patience = 2, .mode = Mode::max},
             console));
       }});
}

// A new member fails to compile here until it is counted, and fails the test until it is saved.
TEST(Resume, EveryMemberOfProgressIsSaved) {
  Progress progress{.epoch = 1,
                    .batch = 2,
                    .step = 3,
                    .is_settled = false,
                    .loss_sums = {{"loss", 4}},
                    .samples = 5,
                    .validated_batches = 6,
                    .evaluation = metrics::Classification{.loss = 7, .samples = 8},
                    .evaluated_step = 9,
                    .metrics = {{"val/loss", 10}},
                    .base_lr = 0.1};
  const auto& [epoch, batch, step, is_settled, loss_sums, samples, validated, evaluation, evaluated, values,
               lr] = progress;
  const nlohmann::json json = to_json(progress);
  EXPECT_EQ(json.size(), 11u);
  const Progress back = progress_from_json(json);
  EXPECT_EQ(back.epoch, epoch);
  EXPECT_EQ(back.batch, batch);
  EXPECT_EQ(back.step, step);
  EXPECT_EQ(back.is_settled, is_settled);
  EXPECT_EQ(back.loss_sums, loss_sums);
  EXPECT_EQ(back.samples, samples);
  EXPECT_EQ(back.validated_batches, validated);
  EXPECT_EQ(back.evaluation->loss, evaluation->loss);
  EXPECT_EQ(back.evaluation->samples, evaluation->samples);
  EXPECT_EQ(back.evaluated_step, evaluated);
  EXPECT_EQ(back.metrics, values);
  EXPECT_EQ(back.base_lr, lr);
}

}  // namespace
}  // namespace retort::trainer
