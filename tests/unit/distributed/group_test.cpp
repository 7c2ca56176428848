// SPDX-License-Identifier: MIT
// Gloo itself, by the ranks of one process.
#include "retort/distributed/group.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include "retort/core/error.h"
#include "retort/distributed/gradient_sync.h"
#include "unit/distributed/ranks.h"

namespace retort::distributed {
namespace {

TEST(Group, AddsUpOverTheRanks) {
  run_as_ranks(3, [](Group& group) {
    std::vector<double> values = {1.0, static_cast<double>(group.place().rank)};
    group.sum(values);
    EXPECT_EQ(values, (std::vector<double>{3, 3}));
  });
}

TEST(Group, GivesRankZerosTextAndTensorsToAll) {
  run_as_ranks(2, [](Group& group) {
    const int rank = group.place().rank;
    EXPECT_EQ(group.broadcast(std::string(static_cast<size_t>(5 - rank), rank == 0 ? 'a' : 'b')), "aaaaa");
    EXPECT_EQ(group.broadcast(std::string(rank == 0 ? "" : "b")), "");
    const auto counter = torch::full({}, rank, torch::kInt64);
    const auto weights =
        torch::full({2, 3, 4, 4}, rank, torch::kFloat).contiguous(torch::MemoryFormat::ChannelsLast);
    const auto halves = torch::full({3}, rank, torch::kBFloat16);
    group.broadcast({counter, weights, halves});
    for (const auto& tensor : {counter, weights, halves}) EXPECT_EQ(tensor.abs().sum().item<double>(), 0);
    EXPECT_TRUE(weights.is_contiguous(torch::MemoryFormat::ChannelsLast));
  });
}

TEST(Group, NamesTheRankWhoseWeightsWentApart) {
  run_as_ranks(2, [](Group& group) {
    auto weights = torch::ones({1000});
    group.expect_same({weights});
    if (group.place().rank == 1) weights[999] = std::nextafter(1.0f, 2.0f);
    try {
      group.set_step(12);
      group.expect_same({weights});
      ADD_FAILURE() << "one bit differs";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::peer);
      EXPECT_NE(std::string(error.what()).find("rank 1"), std::string::npos);
      EXPECT_NE(std::string(error.what()).find("step 12"), std::string::npos);
    }
  });
}

TEST(Group, SaysWhoCannotJoin) {
  try {
    // Nobody listens there; a name that is none fails at once.
    const Group group({.place = {.rank = 1, .size = 2, .master_address = "no such host", .master_port = 1},
                       .join_timeout = std::chrono::milliseconds(100)});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::peer);
    EXPECT_NE(std::string(error.what()).find("rank 1 of 2"), std::string::npos);
  }
}

#if !defined(RETORT_HAS_NCCL)
TEST(Group, SaysThatABuildHasNoNcclBeforeItWaitsForAnybody) {
  try {
    const Group group({.place = {.rank = 1, .size = 2, .master_address = "no such host", .master_port = 1},
                       .has_gpus = true});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::resources);
    EXPECT_NE(std::string(error.what()).find("one GPU"), std::string::npos);
  }
}
#endif

// Each rank has a part of the batch; the gradients are those of the mean over all of it.
void expect_averages(torch::Dtype dtype, int64_t passes) {
  torch::manual_seed(3);
  const auto inputs = torch::randn({4, 8, 5}).to(dtype);
  const auto initial = torch::randn({5, 70'000}).to(dtype);  // more than one bucket
  const auto second = torch::randn({70'000, 1}).to(dtype);
  const auto loss_of = [](const torch::Tensor& x, const torch::Tensor& a, const torch::Tensor& b) {
    return x.mm(a).tanh().mm(b).pow(2).mean();
  };
  auto a = initial.clone().requires_grad_(), b = second.clone().requires_grad_();
  for (int64_t pass = 0; pass < 2 * passes; ++pass)
    (loss_of(inputs[pass], a, b) / static_cast<double>(2 * passes)).backward();
  run_as_ranks(2, [&](Group& group) {
    const int rank = group.place().rank;
    // Another start, which is overwritten by rank 0's.
    auto own_a = (initial + rank).detach().requires_grad_(),
         own_b = (second - rank).detach().requires_grad_();
    GradientSync sync(group, {own_a, own_b});
    EXPECT_TRUE(torch::equal(own_a, initial));
    for (int step = 0; step < 2; ++step) {
      own_a.mutable_grad().reset();
      own_b.mutable_grad().reset();
      for (int64_t pass = 0; pass < passes; ++pass) {
        const auto loss = loss_of(inputs[rank * passes + pass], own_a, own_b) / static_cast<double>(passes);
        if (pass + 1 < passes)
          loss.backward();
        else
          sync.backward(loss);
      }
      const double tolerance = dtype == torch::kBFloat16 ? 0.05 : 1e-4;
      for (const auto& [own, whole] : {std::pair{own_a, a}, {own_b, b}}) {
        const auto difference = (own.grad() - whole.grad()).abs().max() / whole.grad().abs().max();
        EXPECT_LT(difference.item<double>(), tolerance);
      }
      group.expect_same({own_a.grad(), own_b.grad()});
    }
  });
}

TEST(GradientSync, AveragesOverTheRanks) { expect_averages(torch::kFloat, 1); }
TEST(GradientSync, AveragesWhatWasAccumulated) { expect_averages(torch::kFloat, 2); }
TEST(GradientSync, AveragesInFloat64AndBfloat16) {
  expect_averages(torch::kDouble, 1);
  expect_averages(torch::kBFloat16, 1);
}

// Its reducer is renewed on the way, between the passes of a step as well.
TEST(GradientSync, GoesOnForThousandsOfSteps) {
  run_as_ranks(2, [](Group& group) {
    const double share = group.place().rank + 1;
    auto weight = torch::ones({3}).requires_grad_();
    GradientSync sync(group, {weight});
    for (int step = 0; step < 2100; ++step) {
      weight.mutable_grad().reset();
      (weight * share).sum().backward();
      sync.backward((weight * share).sum());
      ASSERT_TRUE(torch::equal(weight.grad(), torch::full({3}, 3.0f))) << step;
    }
  });
}

}  // namespace
}  // namespace retort::distributed
