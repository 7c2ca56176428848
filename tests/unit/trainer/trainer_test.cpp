// SPDX-License-Identifier: MIT
#include "retort/trainer/trainer.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "retort/core/error.h"

namespace retort::trainer {
namespace {

// 64 pictures of 4 x 4 grey levels; the class is whether the upper half is brighter.
data::Dataset make_pictures() {
  data::Dataset dataset{.name = "halves", .channels = 1, .height = 4, .width = 4};
  dataset.class_names = {"lower", "upper"};
  for (int i = 0; i < 64; ++i) {
    const bool is_upper = i % 2 == 1;
    for (int pixel = 0; pixel < 16; ++pixel)
      dataset.images.push_back(
          static_cast<uint8_t>((pixel < 8) == is_upper ? 200 + i % 7 * 5 : 20 + i % 5 * 7));
    dataset.labels.push_back(is_upper);
  }
  return dataset;
}

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
    checkpoint = trainer.checkpoint();
    for (auto& [name, file] : checkpoint.files)
      for (auto& [key, tensor] : file.tensors) tensor = tensor.detach().clone();
  }
  void on_train_epoch_end(Trainer&, const EpochResult& epoch) override {
    hooks.emplace_back("epoch_end");
    epoch_losses.push_back(epoch.losses.front().second);
    if (epoch.evaluation) accuracies.push_back(epoch.evaluation->accuracy_top1);
  }
  void on_fit_end(Trainer&) override { hooks.emplace_back("fit_end"); }
  std::string name() const override { return "recorder"; }

  std::vector<std::string> hooks;
  std::vector<double> losses, epoch_losses, accuracies;
  checkpoint::Checkpoint checkpoint;

 private:
  int64_t checkpoint_at_;
};

// A training of an MLP with dropout on the pictures above, with everything that it needs.
class Fixture {
 public:
  explicit Fixture(TrainerOptions options, int64_t checkpoint_at = -1, double lr = 0.1) {
    torch::manual_seed(5);
    model = models::make_model({.name = "mlp", .widths = {8}, .dropout = 0.2},
                               {.channels = 1, .height = 4, .width = 4, .num_classes = 2});
    optimizer =
        optim::make_optimizer({.name = "sgd", .lr = lr, .momentum = 0.9}, checkpoint::parameters_of(*model));
    auto owned = std::make_unique<Recorder>(checkpoint_at);
    recorder = owned.get();
    std::vector<std::unique_ptr<Callback>> callbacks;
    callbacks.push_back(std::move(owned));
    trainer = std::make_unique<Trainer>(options,
                                        TrainingParts{.model = *model,
                                                      .method = *method,
                                                      .optimizer = *optimizer,
                                                      .schedule = {.name = "cosine"},
                                                      .base_lr = lr,
                                                      .train_loader = train_loader,
                                                      .validation_loader = validation_loader,
                                                      .seed = 1},
                                        std::move(callbacks));
  }

  data::Dataset dataset = make_pictures();
  std::vector<int64_t> ids = [] {
    std::vector<int64_t> all(60);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }();
  data::Normalization normalization{.mean = {0.5}, .std = {0.5}};
  data::Loader train_loader{dataset, ids, normalization, {.batch_size = 16, .shuffle = true, .seed = 1}};
  data::Loader validation_loader{dataset, ids, normalization, {.batch_size = 16}};
  std::unique_ptr<methods::Method> method = methods::make_supervised();
  std::shared_ptr<models::Model> model;
  std::unique_ptr<optim::Optimizer> optimizer;
  Recorder* recorder = nullptr;
  std::unique_ptr<Trainer> trainer;
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
  }
  EXPECT_TRUE(torch::equal(bias, fixture.model->parameters()[1]));
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
