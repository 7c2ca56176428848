// SPDX-License-Identifier: MIT
#include "retort/tracking/crc32c.h"

#include <string>

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, MatchesTheStandardsVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  std::string ascending;
  for (char i = 0; i < 32; ++i) ascending += i;
  EXPECT_EQ(crc32c(ascending), 0x46DD794Eu);
}

}  // namespace
}  // namespace retort::tracking
