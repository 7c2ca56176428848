// SPDX-License-Identifier: MIT
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>

#include "retort/core/error.h"
#include "retort/trainer/callbacks/averaged_weights.h"
#include "retort/trainer/callbacks/early_stopping.h"
#include "retort/trainer/callbacks/effort.h"
#include "retort/trainer/callbacks/ema_weight_averaging.h"
#include "retort/trainer/callbacks/learning_rate_finder.h"
#include "retort/trainer/callbacks/learning_rate_monitor.h"
#include "retort/trainer/callbacks/model_checkpoint.h"
#include "retort/trainer/callbacks/nonfinite_policy.h"
#include "retort/trainer/callbacks/stochastic_weight_averaging.h"
#include "retort/trainer/callbacks/timer.h"
#include "retort/trainer/gradients.h"
#include "training_fixture.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

class CallbacksTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "retort-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  template <class T, class... Arguments>
  TrainingSettings with(TrainerOptions options, Arguments... arguments) {
    return {.options = std::move(options), .add_callbacks = [=, this](Callbacks& callbacks, models::Model&) {
              callbacks.push_back(std::make_unique<T>(arguments..., std::ref(console_)));
            }};
  }

  TrainingSettings saving(TrainerOptions options, ModelCheckpointOptions checkpointing) {
    return {.options = std::move(options), .add_callbacks = [=, this](Callbacks& callbacks, models::Model&) {
              callbacks.push_back(std::make_unique<ModelCheckpoint>(
                  checkpointing, console_, folder_ / "checkpoints", std::map<std::string, std::string>{}));
            }};
  }

  std::vector<std::string> saved() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / "checkpoints"))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  Console console_;
  fs::path folder_;
};

// Four batches an epoch.
TEST_F(CallbacksTest, ModelCheckpointKeepsTheLastAlone) {
  Training training(saving({.max_epochs = 5}, {}));
  training.trainer->fit();
  EXPECT_EQ(saved(), (std::vector<std::string>{"last", "step-00000016", "step-00000020"}));
}

TEST_F(CallbacksTest, ModelCheckpointKeepsTheBestUnderTheirNames) {
  Training training(saving({.max_epochs = 4}, {.monitor = "train/loss", .save_top_k = 2}));
  training.trainer->fit();
  const auto names = saved();
  EXPECT_EQ(
      std::count_if(names.begin(), names.end(), [](const auto& name) { return name.starts_with("epoch="); }),
      2);
  EXPECT_TRUE(fs::exists(folder_ / "checkpoints/best/manifest.json"));
  EXPECT_EQ(checkpoint::CheckpointStore(folder_ / "checkpoints").marked("last"), 16);
}

TEST_F(CallbacksTest, ModelCheckpointSavesEveryFewSteps) {
  Training training(saving({.max_epochs = 1}, {.every_n_epochs = 0, .every_n_train_steps = 3}));
  training.trainer->fit();
  EXPECT_EQ(saved(), (std::vector<std::string>{"last", "step-00000003", "step-00000004"}));
}

TEST_F(CallbacksTest, ModelCheckpointSavesEveryFewEpochs) {
  Training training(saving({.max_epochs = 5, .max_steps = 14}, {.every_n_epochs = 2}));
  training.trainer->fit();
  EXPECT_EQ(saved(), (std::vector<std::string>{"last", "step-00000008", "step-00000014"}));
}

TEST_F(CallbacksTest, ModelCheckpointSavesAfterSomeTime) {
  Training training(
      saving({.max_epochs = 1, .max_steps = 3}, {.every_n_epochs = 0, .train_time_interval_seconds = 0}));
  training.trainer->fit();
  EXPECT_EQ(saved(), (std::vector<std::string>{"last", "step-00000002", "step-00000003"}));
}

TEST_F(CallbacksTest, ModelCheckpointLeavesTheBestAlone) {
  Training training(saving({.max_epochs = 3}, {.monitor = "train/loss", .save_last = false}));
  training.trainer->fit();
  const auto names = saved();
  EXPECT_EQ(names.size(), 3u);  // best, its name, its folder
  EXPECT_EQ(names.front(), "best");
}

TEST_F(CallbacksTest, ModelCheckpointRefusesAnUnknownFigureInAName) {
  Training training(saving({.max_epochs = 1}, {.monitor = "val/loss", .filename = "{val/los}"}));
  EXPECT_THROW(training.trainer->fit(), Error);
}

TEST_F(CallbacksTest, ANetworkThatIsNotFiniteIsNeverSaved) {
  Training training(saving({.max_epochs = 1}, {}));
  const torch::NoGradGuard no_grad;
  training.model->parameters()[0][0].fill_(std::numeric_limits<float>::infinity());
  EXPECT_THROW(check_finite(checkpoint::state_of(*training.model)), Error);
  EXPECT_FALSE(are_finite(training.model->parameters()));
}

TEST_F(CallbacksTest, EarlyStoppingWaitsForItsPatience) {
  // The accuracy is 1 after an epoch or two, and no better later.
  Training training(with<EarlyStopping>(
      {.max_epochs = 50},
      EarlyStoppingOptions{.monitor = "val/accuracy_top1", .patience = 3, .mode = Mode::max}));
  training.trainer->fit();
  EXPECT_LT(training.trainer->progress().epoch, 20);
  EXPECT_GE(training.trainer->progress().epoch, 4);
}

TEST_F(CallbacksTest, EarlyStoppingEndsAtItsThreshold) {
  Training training(with<EarlyStopping>(
      {.max_epochs = 50},
      EarlyStoppingOptions{.monitor = "train/loss_epoch", .mode = Mode::min, .stopping_threshold = 1e9}));
  training.trainer->fit();
  EXPECT_EQ(training.trainer->progress().epoch, 1);
  Training diverged(with<EarlyStopping>(
      {.max_epochs = 50},
      EarlyStoppingOptions{.monitor = "val/loss", .mode = Mode::min, .divergence_threshold = 0}));
  diverged.trainer->fit();
  EXPECT_EQ(diverged.trainer->progress().epoch, 1);
}

TEST_F(CallbacksTest, EarlyStoppingCountsNoGainBelowMinDelta) {
  const auto epochs = [&](double min_delta) {
    Training training(with<EarlyStopping>(
        {.max_epochs = 6},
        EarlyStoppingOptions{.monitor = "train/loss_epoch", .min_delta = min_delta, .patience = 2}));
    training.trainer->fit();
    return training.trainer->progress().epoch;
  };
  EXPECT_EQ(epochs(0), 6);     // it falls in each
  EXPECT_EQ(epochs(1000), 3);  // but never by so much
}

TEST_F(CallbacksTest, EarlyStoppingRefusesAFigureThatIsNotThere) {
  Training strict(with<EarlyStopping>({.max_epochs = 2}, EarlyStoppingOptions{.monitor = "val/los"}));
  EXPECT_THROW(strict.trainer->fit(), Error);
  Training lax(
      with<EarlyStopping>({.max_epochs = 2}, EarlyStoppingOptions{.monitor = "val/los", .strict = false}));
  lax.trainer->fit();
  EXPECT_EQ(lax.trainer->progress().epoch, 2);
}

TEST_F(CallbacksTest, EarlyStoppingEndsAtWhatIsNotFinite) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_NE(EarlyStopping({.monitor = "val/loss"}, console_).judge(value), "");
    EXPECT_EQ(EarlyStopping({.monitor = "val/loss", .check_finite = false}, console_).judge(value), "");
  }
}

TEST_F(CallbacksTest, TheRateMonitorLogsWhatItIsAskedFor) {
  struct Watch : Callback {
    explicit Watch(NamedValues& all) : values(all) {}
    void on_train_batch_end(Trainer& trainer, const StepResult&) override { values = trainer.logged(); }
    std::string name() const override { return "watch"; }
    NamedValues& values;
  };
  const auto logged = [](LearningRateMonitorOptions options) {
    NamedValues values;
    const optim::OptimizerOptions sgd{.name = "sgd", .lr = 0.1, .weight_decay = 0.01, .momentum = 0.9};
    Training training({.options = {.max_epochs = 1, .max_steps = 1},
                       .optimizer = sgd,
                       .add_callbacks = [&](Callbacks& callbacks, models::Model&) {
                         callbacks.push_back(std::make_unique<LearningRateMonitor>(options, sgd));
                         callbacks.push_back(std::make_unique<Watch>(values));
                       }});
    training.trainer->fit();
    return values;
  };
  EXPECT_EQ(logged({}), (NamedValues{{"lr-sgd", 0.1}}));
  EXPECT_EQ(logged({.log_momentum = true, .log_weight_decay = true}),
            (NamedValues{{"lr-sgd", 0.1}, {"lr-sgd-momentum", 0.9}, {"lr-sgd-weight_decay", 0.01}}));
  EXPECT_EQ(logged({.each_step = false}), NamedValues{});
}

TEST_F(CallbacksTest, AnAverageTakesStatisticsAsItIsAsked) {
  const auto running_mean = [](bool averages_buffers) {
    const auto model =
        models::make_model({.name = "resnet8"}, {.channels = 3, .height = 8, .width = 8, .num_classes = 2});
    AveragedWeights average(*model);
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& buffer : model->buffers()) buffer.fill_(4);
    average.update(*model, /*share=*/0.25, averages_buffers);
    checkpoint::Checkpoint checkpoint;
    average.save(checkpoint);
    for (const auto& [name, tensor] : checkpoint.files["model"].tensors)
      if (name.ends_with("running_mean")) return tensor.max().item<double>();
    return -1.0;
  };
  EXPECT_EQ(running_mean(true), 1);  // from 0 a quarter of the way to 4
  EXPECT_EQ(running_mean(false), 4);
}

TEST_F(CallbacksTest, ATimerEndsTheTrainingAndRemembersWhatWasUsed) {
  Training training(with<Timer>({.max_epochs = -1}, TimerOptions{.duration_seconds = 0.2}));
  training.trainer->fit();
  EXPECT_GT(training.trainer->progress().step, 0);
  Training resumed(with<Timer>({.max_epochs = -1}, TimerOptions{.duration_seconds = 0.2}));
  const auto checkpoint = snapshot(*training.trainer);
  resumed.trainer->load_checkpoint(checkpoint, "checkpoint");
  resumed.trainer->fit();
  EXPECT_EQ(resumed.trainer->progress().step, checkpoint.step);
}

TEST_F(CallbacksTest, EffortIsAddedUpOverResumes) {
  const Training training({.options = {.max_epochs = 1}});
  Effort first;
  first.on_train_batch_end(*training.trainer, {.samples = 100, .seconds = 2});
  EXPECT_EQ(first.images_per_second(), 50);
  nlohmann::json state = first.state();
  state["seconds"] = 1000;
  Effort second;
  EXPECT_EQ(second.images_per_second(), 0);
  second.load_state(state);
  second.on_train_batch_end(*training.trainer, {.samples = 300, .seconds = 2});
  EXPECT_EQ(second.images_per_second(), 100);
  EXPECT_GE(second.seconds(), 1000);
}

TEST_F(CallbacksTest, TheMovingAverageFollowsItsFormula) {
  std::vector<torch::Tensor> weights;  // of one parameter, after each step
  struct Watch : Callback {
    explicit Watch(std::vector<torch::Tensor>& all) : weights(all) {}
    void on_train_batch_end(Trainer& trainer, const StepResult&) override {
      weights.push_back(trainer.model().parameters()[0].detach().clone());
    }
    std::string name() const override { return "watch"; }
    std::vector<torch::Tensor>& weights;
  };
  TrainingSettings settings{
      .options = {.max_epochs = 1}, .add_callbacks = [&](Callbacks& callbacks, models::Model& model) {
        callbacks.push_back(std::make_unique<Watch>(weights));
        callbacks.push_back(std::make_unique<EmaWeightAveraging>(EmaOptions{.decay = 0.75}, model));
      }};
  Training training(settings);
  training.trainer->fit();
  torch::Tensor expected = weights[0];
  for (size_t i = 1; i < weights.size(); ++i) expected = 0.75 * expected + 0.25 * weights[i];
  EXPECT_TRUE(torch::allclose(training.model->parameters()[0], expected, 1e-5, 1e-6));
}

TEST_F(CallbacksTest, StochasticAveragingAnnealsAndTakesTheMean) {
  const SwaOptions options{.swa_lrs = 0.05, .epoch_start = 1, .annealing_epochs = 2};
  EXPECT_DOUBLE_EQ(swa_learning_rate(options, 0.1, 0), 0.1);
  EXPECT_DOUBLE_EQ(swa_learning_rate(options, 0.1, 1), 0.075);
  EXPECT_DOUBLE_EQ(swa_learning_rate(options, 0.1, 2), 0.05);
  std::vector<torch::Tensor> ends;
  struct Watch : Callback {
    explicit Watch(std::vector<torch::Tensor>& all) : weights(all) {}
    void on_train_epoch_end(Trainer& trainer, const EpochResult&) override {
      weights.push_back(trainer.model().parameters()[0].detach().clone());
    }
    std::string name() const override { return "watch"; }
    std::vector<torch::Tensor>& weights;
  };
  Training training(
      {.options = {.max_epochs = 4}, .add_callbacks = [&](Callbacks& callbacks, models::Model& model) {
         callbacks.push_back(std::make_unique<Watch>(ends));
         callbacks.push_back(std::make_unique<StochasticWeightAveraging>(options, model));
       }});
  training.trainer->fit();
  EXPECT_TRUE(
      torch::allclose(training.model->parameters()[0], (ends[1] + ends[2] + ends[3]) / 3, 1e-5, 1e-6));
}

TEST_F(CallbacksTest, TheRateFinderTakesTheSteepestFall) {
  RateCurve curve;
  for (int i = 0; i < 60; ++i) {
    const double x = i / 10.0 - 3;
    curve.emplace_back(std::pow(10, -8 + i / 7.5), 2 - std::tanh(x));  // steepest in the middle
  }
  EXPECT_NEAR(std::log10(*suggested_rate(curve)), -8 + 30 / 7.5, 0.2);
  for (auto& [lr, loss] : curve) loss = lr;  // rises everywhere
  EXPECT_EQ(suggested_rate(curve), std::nullopt);
  EXPECT_EQ(suggested_rate({}), std::nullopt);
}

TEST_F(CallbacksTest, TheRateFinderSetsTheRateAndForgetsItsSteps) {
  Training training(
      {.options = {.max_epochs = 1}, .add_callbacks = [&](Callbacks& callbacks, models::Model&) {
         callbacks.push_back(std::make_unique<LearningRateFinder>(LearningRateFinderOptions{.max_lr = 10},
                                                                  console_, folder_));
       }});
  training.trainer->fit();
  EXPECT_NE(training.trainer->progress().base_lr, 0.1);
  EXPECT_EQ(training.trainer->progress().step, 4);
  EXPECT_TRUE(fs::exists(folder_ / "learning_rate_finder.csv"));
}

TEST_F(CallbacksTest, ANonFiniteBatchIsLeftOutUntilThereAreTooMany) {
  Training training(
      {.options = {.max_epochs = 2, .on_nonfinite = NonFinitePolicy::skip, .max_nonfinite = 2},
       .add_callbacks = [&](Callbacks& callbacks, models::Model&) {
         callbacks.push_back(std::make_unique<NonFinitePolicyCallback>(
             TrainerOptions{.on_nonfinite = NonFinitePolicy::skip, .max_nonfinite = 2}, console_, folder_));
       }});
  const torch::NoGradGuard no_grad;
  training.model->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW(training.trainer->fit(), Error);
  EXPECT_EQ(training.trainer->progress().step, 3);
}

TEST(Gradients, AreClippedAsPyTorchDoes) {
  // torch.nn.utils.clip_grad_norm_ of [3, 4] and [12] to 6.5: the norm is 13, the factor 6.5 / 13.000001.
  std::vector<torch::Tensor> gradients = {torch::tensor({3.0, 4.0}), torch::tensor({12.0})};
  EXPECT_DOUBLE_EQ(gradient_norm(gradients), 13);
  clip_gradients(gradients, 13, 6.5, ClipAlgorithm::norm);
  EXPECT_NEAR(gradients[0][1].item<double>(), 4 * 6.5 / 13.000001, 1e-7);
  clip_gradients(gradients, 6.5, 100, ClipAlgorithm::norm);  // below the bound: as they are
  EXPECT_NEAR(gradients[1].item<double>(), 12 * 6.5 / 13.000001, 1e-6);
  clip_gradients(gradients, 6.5, 1.75, ClipAlgorithm::value);
  EXPECT_EQ(gradients[1].item<double>(), 1.75);
  EXPECT_NEAR(gradients[0][0].item<double>(), 1.5, 1e-6);
}

}  // namespace
}  // namespace retort::trainer
