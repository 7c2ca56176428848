// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/optim/optimizer.h"
#include "retort/optim/schedule.h"

namespace retort::optim {
namespace {

using config::Node;

Node node_of(Node::Dict dict) { return Node(std::move(dict)); }

// One plain line that names the key.
template <class Options>
void expect_refused(Node::Dict dict, const std::string& key, const std::string& hint) {
  try {
    Options::from(node_of(std::move(dict)));
    ADD_FAILURE() << key << " was accepted";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(message.find(key), std::string::npos) << message;
    EXPECT_NE(message.find(hint), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(OptimizerOptions, ReadsSgd) {
  const auto options = OptimizerOptions::from(node_of({{"name", Node("sgd")},
                                                       {"lr", Node(0.05)},
                                                       {"momentum", Node(0.9)},
                                                       {"nesterov", Node(true)},
                                                       {"weight_decay", Node(5e-4)}}));
  EXPECT_EQ(options.name, "sgd");
  EXPECT_EQ(options.lr, 0.05);
  EXPECT_EQ(options.momentum, 0.9);
  EXPECT_TRUE(options.nesterov);
  EXPECT_EQ(options.weight_decay, 5e-4);
}

TEST(OptimizerOptions, ReadsAdamW) {
  const auto options = OptimizerOptions::from(node_of({{"name", Node("adamw")},
                                                       {"lr", Node(1e-3)},
                                                       {"betas", Node(Node::List{Node(0.8), Node(0.95)})},
                                                       {"eps", Node(1e-6)},
                                                       {"weight_decay", Node(0.01)}}));
  EXPECT_EQ(options.name, "adamw");
  EXPECT_EQ(options.betas, (std::array<double, 2>{0.8, 0.95}));
  EXPECT_EQ(options.eps, 1e-6);
  const auto plain =
      OptimizerOptions::from(node_of({{"name", Node("adamw")}, {"lr", Node(1)}, {"betas", Node()}}));
  EXPECT_EQ(plain.betas, OptimizerOptions().betas);
}

TEST(OptimizerOptions, RefusesWhatIsOutOfRangeOrOfAnotherOptimizer) {
  const Node sgd("sgd"), adamw("adamw"), lr(0.1);
  using Options = OptimizerOptions;
  expect_refused<Options>({{"name", Node("sdg")}, {"lr", lr}}, "optimizer.name", "'sgd'");
  expect_refused<Options>({{"name", sgd}}, "optimizer.lr", "missing");
  expect_refused<Options>({{"name", sgd}, {"lr", Node(0)}}, "optimizer.lr", "above 0");
  expect_refused<Options>({{"name", sgd}, {"lr", lr}, {"momentum", Node(1)}}, "optimizer.momentum",
                          "below 1");
  expect_refused<Options>({{"name", sgd}, {"lr", lr}, {"nesterov", Node(true)}}, "optimizer.nesterov",
                          "momentum");
  expect_refused<Options>({{"name", sgd}, {"lr", lr}, {"weight_decay", Node(-1)}}, "optimizer.weight_decay",
                          "at least 0");
  expect_refused<Options>({{"name", sgd}, {"lr", lr}, {"eps", Node(1e-8)}}, "optimizer.eps", "");
  expect_refused<Options>({{"name", adamw}, {"lr", lr}, {"momentum", Node(0.9)}}, "optimizer.momentum", "");
  expect_refused<Options>({{"name", adamw}, {"lr", lr}, {"betas", Node(Node::List{Node(0.9)})}},
                          "optimizer.betas", "two numbers");
  expect_refused<Options>({{"name", adamw}, {"lr", lr}, {"betas", Node(Node::List{Node(0.9), Node(1)})}},
                          "optimizer.betas", "below 1");
  expect_refused<Options>({{"name", adamw}, {"lr", lr}, {"eps", Node(0)}}, "optimizer.eps", "above 0");
}

TEST(ScheduleOptions, ReadsEachSchedule) {
  const auto cosine = ScheduleOptions::from(
      node_of({{"name", Node("cosine")}, {"warmup_epochs", Node(2)}, {"final_lr", Node(1e-4)}}));
  EXPECT_EQ(cosine.name, "cosine");
  EXPECT_EQ(cosine.warmup_epochs, 2);
  EXPECT_EQ(cosine.final_lr, 1e-4);

  const auto multistep = ScheduleOptions::from(node_of({{"name", Node("multistep")},
                                                        {"milestones", Node(Node::List{Node(3), Node(9)})},
                                                        {"gamma", Node(0.2)}}));
  EXPECT_EQ(multistep.milestones, (std::vector<int64_t>{3, 9}));
  EXPECT_EQ(multistep.gamma, 0.2);

  const auto one_cycle = ScheduleOptions::from(node_of({{"name", Node("one_cycle")},
                                                        {"pct_start", Node(0.2)},
                                                        {"anneal_strategy", Node("linear")},
                                                        {"div_factor", Node(10)},
                                                        {"final_div_factor", Node(100)}}));
  EXPECT_EQ(one_cycle.pct_start, 0.2);
  EXPECT_TRUE(one_cycle.is_linear);
  EXPECT_EQ(one_cycle.div_factor, 10);
  EXPECT_EQ(one_cycle.final_div_factor, 100);
  EXPECT_FALSE(ScheduleOptions::from(node_of({{"name", Node("one_cycle")}})).is_linear);

  EXPECT_EQ(ScheduleOptions::from(node_of({{"name", Node("constant")}})).warmup_epochs, 0);
}

TEST(ScheduleOptions, RefusesWhatIsOutOfRangeOrOfAnotherSchedule) {
  using Options = ScheduleOptions;
  const Node falling(Node::List{Node(9), Node(3)}), zero(Node::List{Node(0)});
  expect_refused<Options>({{"name", Node("cosin")}}, "schedule.name", "'cosine'");
  expect_refused<Options>({{"name", Node("cosine")}, {"warmup_epochs", Node(-1)}}, "schedule.warmup_epochs",
                          "at least 0");
  expect_refused<Options>({{"name", Node("cosine")}, {"final_lr", Node(-1)}}, "schedule.final_lr",
                          "at least 0");
  expect_refused<Options>({{"name", Node("cosine")}, {"gamma", Node(0.1)}}, "schedule.gamma", "");
  expect_refused<Options>({{"name", Node("multistep")}}, "schedule.milestones", "missing");
  expect_refused<Options>({{"name", Node("multistep")}, {"milestones", falling}}, "schedule.milestones",
                          "rising");
  expect_refused<Options>({{"name", Node("multistep")}, {"milestones", zero}}, "schedule.milestones",
                          "at least 1");
  const Node one_cycle("one_cycle");
  expect_refused<Options>({{"name", one_cycle}, {"pct_start", Node(1.5)}}, "schedule.pct_start", "at most 1");
  expect_refused<Options>({{"name", one_cycle}, {"anneal_strategy", Node("cosine")}},
                          "schedule.anneal_strategy", "cos, linear");
  expect_refused<Options>({{"name", one_cycle}, {"div_factor", Node(0)}}, "schedule.div_factor", "above 0");
  expect_refused<Options>({{"name", one_cycle}, {"warmup_epochs", Node(5)}}, "schedule.warmup_epochs", "");
}

}  // namespace
}  // namespace retort::optim
