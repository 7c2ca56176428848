// SPDX-License-Identifier: MIT
// Steps that the host does not follow, on the processor: all but the recording is as on a GPU.
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "training_fixture.h"

namespace retort::trainer {
namespace {

class Counting : public Repeater {
 public:
  void run(const std::function<void()>& work) override {
    ++runs;
    work();
  }
  int runs = 0;
};

class Listener : public Callback {
 public:
  void on_train_batch_end(Trainer&, const StepResult& step) override { steps.push_back(step); }
  void on_nonfinite(Trainer&, const NonFinite& found) override {
    throw Error(ExitCode::numeric, found.to_string());
  }
  void on_train_epoch_end(Trainer&, const EpochResult& epoch) override { epochs.push_back(epoch); }
  std::string name() const override { return "listener"; }

  std::vector<StepResult> steps{};
  std::vector<EpochResult> epochs{};
};

struct Heard : Training {
  explicit Heard(TrainingSettings settings)
      : Training([&] {
          settings.add_callbacks = [this](Callbacks& callbacks, models::Model&) {
            auto owned = std::make_unique<Listener>();
            listener = owned.get();
            callbacks.push_back(std::move(owned));
          };
          return settings;
        }()) {}

  Listener* listener;
};

void expect_close(const models::Model& a, const models::Model& b) {
  const auto expected = checkpoint::state_of(a), found = checkpoint::state_of(b);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(torch::allclose(found[i].second.to(torch::kDouble), expected[i].second.to(torch::kDouble),
                                1e-5, 1e-6))
        << expected[i].first;
}

// Four batches an epoch, the last one smaller.
void expect_the_hosts_training(TrainingSettings settings) {
  Heard followed(settings);
  followed.trainer->fit();
  Repeater repeater;
  settings.repeater = &repeater;
  Heard unfollowed(settings);
  unfollowed.trainer->fit();
  expect_close(*followed.model, *unfollowed.model);
  const auto &expected = followed.listener->steps, &found = unfollowed.listener->steps;
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].samples, expected[i].samples) << i;
    for (size_t k = 0; k < found[i].losses.size(); ++k) {
      EXPECT_EQ(found[i].losses[k].first, expected[i].losses[k].first) << i;
      EXPECT_NEAR(found[i].losses[k].second, expected[i].losses[k].second, 1e-5) << i;
    }
  }
  for (size_t i = 0; i < followed.listener->epochs.size(); ++i)
    EXPECT_NEAR(unfollowed.listener->epochs[i].losses.front().second,
                followed.listener->epochs[i].losses.front().second, 1e-5);
}

TEST(DeviceStep, TrainsAsStepsThatTheHostFollows) {
  expect_the_hosts_training({.options = {.max_epochs = 3}});
  expect_the_hosts_training({.options = {.max_epochs = 3}, .optimizer = {.name = "adamw", .lr = 0.01}});
  for (const ClipAlgorithm algorithm : {ClipAlgorithm::norm, ClipAlgorithm::value})
    expect_the_hosts_training(
        {.options = {.max_epochs = 2, .gradient_clip_val = 0.05, .gradient_clip_algorithm = algorithm}});
}

TEST(DeviceStep, TellsWhereARowIsDueAndAtTheEpochsEnd) {
  Repeater repeater;
  Heard training({.options = {.max_epochs = 2, .log_every_n_steps = 3}, .repeater = &repeater});
  training.trainer->fit();
  std::vector<size_t> told;
  for (size_t i = 0; i < training.listener->steps.size(); ++i)
    if (!training.listener->steps[i].losses.empty()) told.push_back(i);
  EXPECT_EQ(told, (std::vector<size_t>{2, 3, 5, 7}));
  Heard all({.options = {.max_epochs = 2, .log_every_n_steps = 1}, .repeater = &repeater});
  all.trainer->fit();
  for (size_t i = 0; i < 2; ++i)
    EXPECT_NEAR(training.listener->epochs[i].losses.front().second,
                all.listener->epochs[i].losses.front().second, 1e-9);
}

TEST(DeviceStep, RepeatsForBatchesOfOneSizeAlone) {
  Counting repeater;
  Heard training({.options = {.max_epochs = 2}, .repeater = &repeater});
  training.trainer->fit();
  EXPECT_EQ(repeater.runs, 2 * 3);
  EXPECT_EQ(training.trainer->progress().step, 2 * 4);
}

TEST(DeviceStep, LeavesOutWhatIsNotFiniteAndSaysTheStepLater) {
  Repeater repeater;
  Heard training({.options = {.max_epochs = 1, .log_every_n_steps = 3}, .repeater = &repeater});
  {
    const torch::NoGradGuard no_grad;
    training.model->parameters()[0].fill_(std::numeric_limits<float>::infinity());
  }
  const auto bias = training.model->parameters()[1].clone();
  try {
    training.trainer->fit();
    FAIL() << "trained on an infinite loss";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("step 0 (epoch 0, batch 0"), std::string::npos) << text;
    EXPECT_NE(text.find("the weights of "), std::string::npos) << text;
  }
  EXPECT_EQ(training.trainer->progress().step, 3);
  EXPECT_TRUE(torch::equal(bias, training.model->parameters()[1]));
}

TEST(DeviceStep, ScalesFloat16DownAndTellsNobody) {
  Repeater repeater;
  Heard training(
      {.options = {.max_epochs = 3, .log_every_n_steps = 100, .precision = Precision::float16_mixed},
       .repeater = &repeater});
  {
    const torch::NoGradGuard no_grad;
    training.model->parameters()[0].mul_(8);  // so that 65536 times a gradient is beyond float16
  }
  training.trainer->fit();
  EXPECT_LT(training.trainer->checkpoint().files.at("scaler").tensors[0].second.item<float>(), 65536);
  EXPECT_TRUE(training.model->parameters()[0].isfinite().all().item<bool>());
}

TEST(DeviceStep, IsNotForWhatTheHostMustFollow) {
  for (const TrainerOptions& options :
       {TrainerOptions{.max_epochs = 1, .accumulate_grad_batches = 2},
        TrainerOptions{.max_epochs = 1, .on_nonfinite = NonFinitePolicy::skip},
        TrainerOptions{.max_epochs = 1, .detect_anomaly = true}}) {
    Counting repeater;
    Heard training({.options = options, .repeater = &repeater});
    training.trainer->fit();
    EXPECT_EQ(repeater.runs, 0);
  }
}

}  // namespace
}  // namespace retort::trainer
