// SPDX-License-Identifier: MIT
#include "retort/optim/schedule.h"

#include <algorithm>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include "optim_golden.h"

namespace retort::optim {
namespace {

constexpr int64_t kStepsPerEpoch = 7, kEpochs = 12;

const ScheduleOptions kCosine{.name = "cosine", .final_lr = 0.001};
const ScheduleOptions kMultistep{.name = "multistep", .milestones = {4, 8}, .gamma = 0.2};

double rate(const ScheduleOptions& options, int64_t step) {
  return learning_rate(options, 0.1, step, kStepsPerEpoch, kEpochs * kStepsPerEpoch);
}

TEST(Schedule, CosineMatchesPyTorchAtTheStartOfEachEpoch) {
  for (int64_t epoch = 0; epoch < kEpochs; ++epoch) {
    EXPECT_NEAR(rate(kCosine, epoch * kStepsPerEpoch), golden::kCosine[epoch], 1e-15);
  }
}

TEST(Schedule, CosineFallsWithEveryStepAndStaysAtTheEnd) {
  for (int64_t step = 1; step <= kEpochs * kStepsPerEpoch; ++step) {
    EXPECT_LT(rate(kCosine, step), rate(kCosine, step - 1));
  }
  EXPECT_EQ(rate(kCosine, kEpochs * kStepsPerEpoch), 0.001);
  EXPECT_EQ(rate(kCosine, 10 * kEpochs * kStepsPerEpoch), 0.001);
}

TEST(Schedule, MultistepMatchesPyTorchInEveryEpoch) {
  for (int64_t step = 0; step < kEpochs * kStepsPerEpoch; ++step) {
    EXPECT_NEAR(rate(kMultistep, step), golden::kMultistep[step / kStepsPerEpoch], 1e-15) << step;
  }
}

TEST(Schedule, WarmUpIntoCosineMatchesPyTorchAtEachStep) {
  const ScheduleOptions options{.name = "cosine", .warmup_epochs = 1.5, .final_lr = 0.001};  // 6 steps of 4
  for (int64_t step = 0; step < 30; ++step) {
    EXPECT_NEAR(learning_rate(options, 0.1, step, /*steps_per_epoch=*/4, /*total_steps=*/30),
                golden::kWarmupCosine[step], 1e-15)
        << step;
  }
}

TEST(Schedule, OneCycleMatchesPyTorchAtEachStepAndStaysAtTheEnd) {
  for (const auto& cycle : golden::kOneCycles) {
    const ScheduleOptions options{.name = "one_cycle",
                                  .pct_start = cycle.pct_start,
                                  .is_linear = cycle.is_linear,
                                  .div_factor = cycle.div_factor,
                                  .final_div_factor = cycle.final_div_factor};
    const auto steps = static_cast<int64_t>(cycle.rates.size());
    for (int64_t step = 0; step < steps + 3; ++step) {
      EXPECT_NEAR(learning_rate(options, 0.1, step, kStepsPerEpoch, steps),
                  cycle.rates[static_cast<size_t>(std::min(step, steps - 1))], 1e-15)
          << "step " << step << " of " << steps;
    }
  }
}

TEST(Schedule, ConstantIsConstantAfterItsWarmUp) {
  const ScheduleOptions options{.name = "constant", .warmup_epochs = 1};
  for (int64_t step = 0; step < kStepsPerEpoch; ++step) {
    EXPECT_NEAR(rate(options, step), 0.1 * static_cast<double>(step + 1) / (kStepsPerEpoch + 1), 1e-15);
  }
  for (int64_t step = kStepsPerEpoch; step < 100; ++step) EXPECT_EQ(rate(options, step), 0.1);
}

TEST(Schedule, WarmUpLongerThanTheRunNeverReachesTheFullRate) {
  const ScheduleOptions options{.name = "cosine", .warmup_epochs = 5};
  EXPECT_NEAR(learning_rate(options, 0.1, 1, /*steps_per_epoch=*/2, /*total_steps=*/2), 0.1 * 2 / 11, 1e-15);
}

TEST(Schedule, RefusesAStepBeforeTheFirst) { EXPECT_THROW(rate(kCosine, -1), c10::Error); }

}  // namespace
}  // namespace retort::optim
