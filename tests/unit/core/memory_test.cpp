// SPDX-License-Identifier: MIT
#include "retort/core/memory.h"

#include <vector>

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(Memory, APeakIsOfWhatWasTouchedSinceItWasReset) {
  constexpr uint64_t kBytes = 64 << 20;
  { const std::vector<char> touched(kBytes, 1); }
  reset_memory_peak();
  const uint64_t before = memory_peak();
  EXPECT_GT(before, 0u);
  const std::vector<char> touched(kBytes, 1);
  EXPECT_GE(memory_peak(), before + kBytes / 2);  // other pages may have gone meanwhile
  EXPECT_GE(resident_memory(), kBytes);
}

TEST(Memory, ALimitIsMoreThanWhatIsHeld) { EXPECT_GT(memory_limit(), resident_memory()); }

}  // namespace
}  // namespace retort
