// SPDX-License-Identifier: MIT
#include "retort/trainer/trainer.h"

#include <limits>
#include <stdexcept>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/anomaly_mode.h>

#include "retort/core/error.h"
#include "retort/trainer/compute_settings.h"
#include "training_fixture.h"

namespace retort::trainer {
namespace {

// Records the order of hooks and the losses, and keeps a checkpoint from the middle of an epoch.
class Recorder : public Callback {
 public:
  explicit Recorder(int64_t checkpoint_at = -1) : checkpoint_at_(checkpoint_at) {}
  void on_fit_start(Trainer&) override { hooks.emplace_back("fit_start"); }
  void on_train_epoch_start(Trainer&) override { hooks.emplace_back("epoch_start"); }
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override {
    hooks.emplace_back("batch_end");
    losses.push_back(step.losses.front().second);
    if (trainer.progress().step != checkpoint_at_) return;
    checkpoint = snapshot(trainer);
  }
  void on_train_epoch_end(Trainer&, const EpochResult& epoch) override {
    hooks.emplace_back("epoch_end");
    epoch_losses.push_back(epoch.losses.front().second);
    if (epoch.evaluation) accuracies.push_back(epoch.evaluation->accuracy_top1);
  }
  void on_validation_end(Trainer& trainer, const metrics::Classification&) override {
    validated_steps.push_back(trainer.progress().step);
  }
  void on_nonfinite(Trainer&, const NonFinite& found) override {
    faults.push_back(found);
    if (throws_) throw Error(ExitCode::numeric, found.to_string());
  }
  void on_fit_end(Trainer&) override { hooks.emplace_back("fit_end"); }
  std::string name() const override { return "recorder"; }

  std::vector<std::string> hooks;
  std::vector<double> losses, epoch_losses, accuracies;
  std::vector<int64_t> validated_steps;
  std::vector<NonFinite> faults;
  checkpoint::Checkpoint checkpoint;
  bool throws_ = true;

 private:
  int64_t checkpoint_at_;
};

// A Training that is looked at by a Recorder.
struct Fixture : Training {
  explicit Fixture(TrainerOptions options, int64_t checkpoint_at = -1, TrainingSettings settings = {})
      : Training([&] {
          settings.options = std::move(options);
          settings.add_callbacks = [this, checkpoint_at](Callbacks& callbacks, models::Model&) {
            auto owned = std::make_unique<Recorder>(checkpoint_at);
            recorder = owned.get();
            callbacks.push_back(std::move(owned));
          };
          return settings;
        }()) {}

  Recorder* recorder;
};

TEST(BatchLimit, IsACountOrAShare) {
  EXPECT_EQ((BatchLimit{}.of(391)), 391);
  EXPECT_EQ((BatchLimit{.share = 0.1}.of(391)), 39);
  EXPECT_EQ((BatchLimit{.count = 20}.of(391)), 20);
  EXPECT_EQ((BatchLimit{.count = 20}.of(5)), 5);
}

TEST(Trainer, CallsHooksInOrder) {
  Fixture fixture({.max_epochs = 2, .limit_train_batches = {.count = 2}});
  fixture.trainer->fit();
  const std::vector<std::string> expected = {"fit_start", "epoch_start", "batch_end", "batch_end",
                                             "epoch_end", "epoch_start", "batch_end", "batch_end",
                                             "epoch_end", "fit_end"};
  EXPECT_EQ(fixture.recorder->hooks, expected);
}

TEST(Trainer, LearnsAndReportsMeansOverSamples) {
  Fixture fixture({.max_epochs = 10});
  fixture.trainer->fit();
  EXPECT_EQ(fixture.recorder->accuracies.back(), 1.0);
  EXPECT_LT(fixture.recorder->epoch_losses.back(), 0.2 * fixture.recorder->epoch_losses.front());
  // The last batch of an epoch has 12 samples, the others 16.
  const auto& losses = fixture.recorder->losses;
  EXPECT_DOUBLE_EQ(fixture.recorder->epoch_losses.front(),
                   (16 * losses[0] + 16 * losses[1] + 16 * losses[2] + 12 * losses[3]) / 60);
}

TEST(Trainer, StopsAtMaxSteps) {
  Fixture fixture({.max_epochs = 10, .max_steps = 6});
  fixture.trainer->fit();
  EXPECT_EQ(fixture.trainer->progress().step, 6);
}

TEST(Trainer, ResumesInTheMiddleOfAnEpochToTheBit) {
  const TrainerOptions options{.max_epochs = 3};
  Fixture whole(options, /*checkpoint_at=*/6);
  whole.trainer->fit();
  Fixture resumed(options);
  resumed.trainer->load_checkpoint(whole.recorder->checkpoint, "checkpoint");
  resumed.trainer->fit();
  const auto& losses = whole.recorder->losses;
  EXPECT_EQ(resumed.recorder->losses, std::vector<double>(losses.begin() + 6, losses.end()));
  EXPECT_EQ(resumed.recorder->epoch_losses.front(), whole.recorder->epoch_losses[1]);
  const auto expected = checkpoint::state_of(*whole.model), found = checkpoint::state_of(*resumed.model);
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(torch::equal(expected[i].second, found[i].second));
}

TEST(Trainer, RefusesALossThatIsNotFiniteAndLeavesTheWeights) {
  Fixture fixture({.max_epochs = 1});
  {
    const torch::NoGradGuard no_grad;
    fixture.model->parameters()[0].fill_(std::numeric_limits<float>::infinity());
  }
  const auto bias = fixture.model->parameters()[1].clone();
  try {
    fixture.trainer->fit();
    FAIL() << "trained on an infinite loss";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::numeric);
    const std::string text = error.what();
    EXPECT_NE(text.find("step 0"), std::string::npos) << text;
    EXPECT_NE(text.find("lr 0.1"), std::string::npos) << text;
    EXPECT_NE(text.find("the weights of "), std::string::npos) << text;
  }
  EXPECT_TRUE(torch::equal(bias, fixture.model->parameters()[1]));
}

TEST(Trainer, ValidatesWithinTheEpochWhereAsked) {
  // Four batches an epoch.
  Fixture halves({.max_epochs = 2, .val_check_interval = {.share = 0.5}});
  halves.trainer->fit();
  EXPECT_EQ(halves.recorder->validated_steps, (std::vector<int64_t>{2, 4, 6, 8}));
  Fixture batches({.max_epochs = 2, .val_check_interval = {.count = 3}});
  batches.trainer->fit();
  EXPECT_EQ(batches.recorder->validated_steps, (std::vector<int64_t>{3, 7}));
  Fixture across(
      {.max_epochs = 2, .val_check_interval = {.count = 3}, .check_val_every_n_epoch = std::nullopt});
  across.trainer->fit();
  EXPECT_EQ(across.recorder->validated_steps, (std::vector<int64_t>{3, 6}));
  Fixture second({.max_epochs = 4, .check_val_every_n_epoch = 2});
  second.trainer->fit();
  EXPECT_EQ(second.recorder->validated_steps, (std::vector<int64_t>{8, 16}));
  EXPECT_THROW(Fixture({.val_check_interval = {.count = 5}}), Error);
}

TEST(Trainer, AccumulatedBatchesAreOneLargerBatch) {
  // 30 + 30 pictures, and 15 four times: the same steps, but for rounding.
  TrainingSettings large, small;
  large.dropout = small.dropout = 0;
  large.batch_size = 30;
  small.batch_size = 15;
  Fixture whole({.max_epochs = 3}, -1, large),
      parts({.max_epochs = 3, .accumulate_grad_batches = 2}, -1, small);
  whole.trainer->fit();
  parts.trainer->fit();
  ASSERT_EQ(parts.trainer->progress().step, 6);
  ASSERT_EQ(whole.recorder->losses.size(), parts.recorder->losses.size());
  for (size_t i = 0; i < whole.recorder->losses.size(); ++i)
    EXPECT_NEAR(whole.recorder->losses[i], parts.recorder->losses[i], 1e-6);
}

TEST(Trainer, ALastWindowMayBeShort) {
  Fixture fixture({.max_epochs = 2, .accumulate_grad_batches = 3});
  fixture.trainer->fit();
  EXPECT_EQ(fixture.trainer->steps_per_epoch(), 2);
  EXPECT_EQ(fixture.trainer->progress().step, 4);
}

TEST(Trainer, GoesOnWithAnEpochThatMaxStepsCut) {
  Fixture fixture({.max_epochs = 3, .max_steps = 6}, /*checkpoint_at=*/6);
  fixture.trainer->fit();
  EXPECT_EQ(fixture.trainer->progress().epoch, 1);
  EXPECT_EQ(fixture.trainer->progress().batch, 2);
  Fixture longer({.max_epochs = 3, .max_steps = 9});
  longer.trainer->load_checkpoint(snapshot(*fixture.trainer), "checkpoint");
  longer.trainer->fit();
  EXPECT_EQ(longer.recorder->losses.size(), 3u);
  EXPECT_EQ(longer.trainer->progress().epoch, 2);
}

TEST(Trainer, ARequestedEndWaitsForTheMinimum) {
  Fixture fixture({.max_epochs = 9, .min_epochs = 2});
  fixture.trainer->request_end();
  fixture.trainer->fit();
  EXPECT_EQ(fixture.trainer->progress().epoch, 2);
  Fixture steps({.max_epochs = 9, .min_steps = 6});
  steps.trainer->request_end();
  steps.trainer->fit();
  EXPECT_EQ(steps.trainer->progress().step, 6);
}

TEST(Trainer, LooksAtTheValidationFirstAndTellsNobody) {
  Fixture fixture({.max_epochs = 1, .num_sanity_val_steps = 2});
  fixture.trainer->fit();
  EXPECT_EQ(fixture.recorder->validated_steps, (std::vector<int64_t>{4}));
  for (const int64_t steps : {4, -1}) {
    Fixture spoiled({.max_epochs = 1, .num_sanity_val_steps = steps});
    spoiled.dataset.labels.back() = 7;  // of a class that is not there; training does not see it
    EXPECT_ANY_THROW(spoiled.trainer->fit());
    EXPECT_EQ(spoiled.recorder->hooks, std::vector<std::string>{"fit_start"});
  }
}

TEST(Trainer, LimitsValidations) {
  Fixture fixture({.max_epochs = 1, .limit_val_batches = {.count = 3}});
  fixture.dataset.labels.back() = 7;  // in the last of four batches
  fixture.trainer->fit();
  EXPECT_EQ(fixture.trainer->progress().evaluation->samples, 3 * 16);
  Fixture none({.max_epochs = 1, .limit_val_batches = {.share = 0.0}});
  none.trainer->fit();
  EXPECT_TRUE(none.recorder->validated_steps.empty());
}

TEST(Trainer, ClipsGradients) {
  for (const ClipAlgorithm algorithm : {ClipAlgorithm::norm, ClipAlgorithm::value}) {
    Fixture fixture({.max_epochs = 1, .gradient_clip_val = 1e-6, .gradient_clip_algorithm = algorithm}, -1,
                    {.optimizer = {.name = "sgd", .lr = 0.1, .momentum = 0}});
    const torch::Tensor before = fixture.model->parameters()[0].detach().clone();
    fixture.trainer->fit();
    const double moved = (fixture.model->parameters()[0] - before).abs().max().item<double>();
    EXPECT_GT(moved, 0);
    EXPECT_LT(moved, 4 * 0.1 * 1e-6 * 1.1);
  }
}

TEST(Trainer, StepsThatAreTriedAreForgotten) {
  Fixture plain({.max_epochs = 2}), tried({.max_epochs = 2});
  std::vector<double> rates;
  tried.trainer->try_steps(
      6, [](int64_t i) { return 0.01 * static_cast<double>(i + 1); },
      [&](const StepResult& step) {
        rates.push_back(step.lr);
        return rates.size() < 5;
      });
  EXPECT_EQ(rates.size(), 5u);
  plain.trainer->fit();
  tried.trainer->fit();
  EXPECT_EQ(plain.recorder->losses, tried.recorder->losses);
}

TEST(Trainer, StepsThatFailWhileTheyAreTriedAreForgotten) {
  Fixture plain({.max_epochs = 1}), tried({.max_epochs = 1});
  EXPECT_THROW(tried.trainer->try_steps(
                   6, [](int64_t) { return 0.1; },
                   [](const StepResult&) -> bool { throw std::runtime_error("no memory"); }),
               std::runtime_error);
  plain.trainer->fit();
  tried.trainer->fit();
  EXPECT_EQ(plain.recorder->losses, tried.recorder->losses);
}

TEST(Trainer, LeavesOutAStepThatIsNotFiniteAndGoesOn) {
  Fixture fixture({.max_epochs = 1});
  fixture.recorder->throws_ = false;
  {
    const torch::NoGradGuard no_grad;
    fixture.model->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
  }
  EXPECT_THROW(fixture.trainer->fit(), Error);  // its validation is not finite either
  EXPECT_EQ(fixture.recorder->faults.size(), 4u);
  EXPECT_EQ(fixture.recorder->losses.size(), 0u);
  EXPECT_EQ(fixture.trainer->progress().step, 4);
}

// A GPU's precision: here float16 is computed by the processor, slowly and in the same numbers.
TEST(Trainer, ScalesFloat16DownUntilItsGradientsAreFiniteAndTellsNobody) {
  Fixture fixture({.max_epochs = 3, .precision = Precision::float16_mixed});
  {
    const torch::NoGradGuard no_grad;
    fixture.model->parameters()[0].mul_(8);  // so that 65536 times a gradient is beyond float16
  }
  const auto before = fixture.model->parameters()[1].clone();
  fixture.trainer->fit();
  EXPECT_TRUE(fixture.recorder->faults.empty());
  EXPECT_GT(fixture.recorder->losses.size(), 0u);
  EXPECT_LT(fixture.recorder->losses.size(), 12u);
  EXPECT_EQ(fixture.trainer->progress().step, 12);  // the place in data and schedule
  EXPECT_FALSE(torch::equal(before, fixture.model->parameters()[1]));
  const auto scaler = fixture.trainer->checkpoint().files.at("scaler").tensors;
  EXPECT_EQ(scaler.front().first, "scale");
  EXPECT_LT(scaler.front().second.item<float>(), 65536);
}

TEST(Trainer, DoesNotScaleABrokenNetworkForEver) {
  Fixture fixture({.max_epochs = 20, .precision = Precision::float16_mixed});
  {
    const torch::NoGradGuard no_grad;
    fixture.model->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
  }
  const auto bias = fixture.model->parameters()[1].clone();
  EXPECT_THROW(fixture.trainer->fit(), Error);
  EXPECT_TRUE(torch::equal(bias, fixture.model->parameters()[1]));
  EXPECT_EQ(fixture.recorder->losses.size(), 0u);
}

TEST(ComputeSettings, AreTheProcesss) {
  const int threads = at::get_num_threads();
  apply_compute_settings({.num_threads = threads + 1, .deterministic = true, .detect_anomaly = true});
  EXPECT_EQ(at::get_num_threads(), threads + 1);
  EXPECT_TRUE(at::globalContext().deterministicAlgorithms());
  EXPECT_TRUE(torch::autograd::AnomalyMode::is_enabled());
  apply_compute_settings({.num_threads = threads});
  EXPECT_EQ(at::get_num_threads(), threads);
  EXPECT_FALSE(at::globalContext().deterministicAlgorithms());
  EXPECT_FALSE(torch::autograd::AnomalyMode::is_enabled());
}

TEST(Trainer, RefusesAnEpochWithoutABatch) {
  EXPECT_THROW(Fixture({.limit_train_batches = {.share = 0.0}}), Error);
}

TEST(Trainer, RefusesACheckpointOfAnotherNetwork) {
  Fixture fixture({.max_epochs = 1});
  auto checkpoint = fixture.trainer->checkpoint();
  checkpoint.files["model"].tensors.pop_back();
  EXPECT_THROW(fixture.trainer->load_checkpoint(checkpoint, "checkpoint"), Error);
  checkpoint = fixture.trainer->checkpoint();
  checkpoint.state = "{}";
  EXPECT_THROW(fixture.trainer->load_checkpoint(checkpoint, "checkpoint"), Error);
}

}  // namespace
}  // namespace retort::trainer
