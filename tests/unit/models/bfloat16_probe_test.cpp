// SPDX-License-Identifier: MIT
#include "retort/models/bfloat16_probe.h"

#include <cmath>

#include <gtest/gtest.h>

#include "retort/models/inference.h"

namespace retort::models {
namespace {

TEST(Bfloat16Probe, GivesARatio) {
  const double gain = measure_bfloat16_gain();
  EXPECT_TRUE(std::isfinite(gain));
  EXPECT_GT(gain, 0);
}

// No figure of a busy machine, but an order: hardware that multiplies bfloat16 is not many times slower at it.
TEST(Bfloat16Probe, HardwareIsNotTakenForAnEmulation) {
  if (!has_fast_bfloat16()) GTEST_SKIP() << "this CPU has no bfloat16 arithmetic";
  EXPECT_GT(measure_bfloat16_gain(), 0.2);
}

}  // namespace
}  // namespace retort::models
