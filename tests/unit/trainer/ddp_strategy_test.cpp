// SPDX-License-Identifier: MIT
// Two ranks, a thread each, train as one process does.
#include "retort/trainer/ddp_strategy.h"

#include <gtest/gtest.h>

#include "retort/trainer/callbacks/timer.h"
#include "training_fixture.h"
#include "unit/distributed/ranks.h"

namespace retort::trainer {
namespace {

class Losses : public Callback {
 public:
  explicit Losses(std::vector<double>* losses) : losses_(losses) {}
  void on_train_batch_end(Trainer&, const StepResult& step) override {
    losses_->push_back(step.losses.front().second);
  }
  std::string name() const override { return "losses"; }

 private:
  std::vector<double>* losses_;
};

// Losses of each step; all processes' where `group` is given.
struct Fit {
  Fit(TrainingSettings settings, distributed::Group* group) {
    settings.dropout = 0;  // its masks are each rank's own
    settings.batch_size = group == nullptr ? 20 : 10;
    const auto others = settings.add_callbacks;
    settings.add_callbacks = [this, others](Callbacks& callbacks, models::Model& model) {
      others(callbacks, model);
      callbacks.push_back(std::make_unique<Losses>(&losses));
    };
    if (group != nullptr) {
      settings.rank = group->place().rank;
      settings.world_size = group->place().size;
      settings.make_strategy = [group](models::Model& model) {
        return std::make_shared<DdpStrategy>(*group, model, /*sync_batchnorm=*/false);
      };
    }
    training.emplace(settings);
    training->trainer->fit();
  }

  std::vector<double> losses;
  std::optional<Training> training;
};

void expect_ranks_equal_one(const TrainingSettings& settings) {
  Fit one(settings, nullptr);
  ASSERT_GE(one.losses.size(), 3u);
  distributed::run_as_ranks(2, [&](distributed::Group& group) {
    Fit part(settings, &group);
    ASSERT_EQ(part.losses.size(), one.losses.size());
    for (size_t i = 0; i < part.losses.size(); ++i) EXPECT_NEAR(part.losses[i], one.losses[i], 1e-6) << i;
    group.expect_same(part.training->model->parameters());
    const auto weights = checkpoint::state_of(*part.training->model);
    const auto whole = checkpoint::state_of(*one.training->model);
    for (size_t i = 0; i < weights.size(); ++i)
      EXPECT_TRUE(torch::allclose(weights[i].second, whole[i].second, 1e-4, 1e-6)) << weights[i].first;
  });
}

TEST(DdpStrategy, TrainsAsOneProcess) { expect_ranks_equal_one({.options = {.max_epochs = 2}}); }

TEST(DdpStrategy, TrainsAsOneProcessWithAccumulatedAndClippedGradients) {
  expect_ranks_equal_one(
      {.options = {.max_epochs = 3, .accumulate_grad_batches = 2, .gradient_clip_val = 0.1},
       .optimizer = {.name = "adamw", .lr = 0.01}});
}

// A loss that is not finite in one rank is so for all: they do the same, and none waits for another.
TEST(DdpStrategy, LeavesOutAStepTogether) {
  class Spoil : public Callback {
   public:
    explicit Spoil(distributed::Group& group) : group_(group) {}
    void on_train_batch_start(Trainer& trainer) override {
      const torch::NoGradGuard no_grad;
      if (trainer.progress().step == 1 && group_.place().rank == 1)
        trainer.model().parameters().back().fill_(std::numeric_limits<float>::infinity());
    }
    void on_nonfinite(Trainer& trainer, const NonFinite& found) override {
      EXPECT_EQ(found.step, 1);
      const torch::NoGradGuard no_grad;
      trainer.model().parameters().back().fill_(0.5);
      ++seen;
    }
    std::string name() const override { return "spoil"; }
    int seen = 0;

   private:
    distributed::Group& group_;
  };
  distributed::run_as_ranks(2, [](distributed::Group& group) {
    Spoil* spoil = nullptr;
    const Fit fit({.options = {.max_epochs = 2},
                   .add_callbacks =
                       [&](Callbacks& callbacks, models::Model&) {
                         auto added = std::make_unique<Spoil>(group);
                         spoil = added.get();
                         callbacks.push_back(std::move(added));
                       }},
                  &group);
    EXPECT_EQ(spoil->seen, 1);
    EXPECT_EQ(fit.losses.size(), 5u);
    group.expect_same(fit.training->model->parameters());
  });
}

// Clocks differ between processes.
TEST(DdpStrategy, EndsTogetherWhenTheTimeOfOneIsOver) {
  static Console console;
  distributed::run_as_ranks(2, [](distributed::Group& group) {
    const double seconds = group.place().rank == 1 ? 0.2 : 1000;
    const Fit fit({.options = {.max_epochs = 1'000'000},
                   .add_callbacks =
                       [&](Callbacks& callbacks, models::Model&) {
                         callbacks.push_back(std::make_unique<Timer>(
                             TimerOptions{.duration_seconds = seconds, .each_step = true}, console));
                       }},
                  &group);
    EXPECT_TRUE(fit.training->trainer->is_done());
    group.expect_same(fit.training->model->parameters());
  });
}

}  // namespace
}  // namespace retort::trainer
