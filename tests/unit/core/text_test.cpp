// SPDX-License-Identifier: MIT
#include "retort/core/text.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(NearestName, FindsTyposAndSwapsButNothingFar) {
  const std::vector<std::string> names = {"batch_size", "augmentation", "root", "download"};
  EXPECT_EQ(nearest_name("bacth_size", names), "batch_size");
  EXPECT_EQ(nearest_name("batchsize", names), "batch_size");
  EXPECT_EQ(nearest_name("rot", names), "root");
  EXPECT_EQ(nearest_name("learning_rate", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("na\xc3\xafve"), "na\xc3\xafve");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // C1 control: CSI
  EXPECT_EQ(printable("0123456789", 4), "0123...");
}

TEST(Human, UnitsReadAsWritten) {
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_count(23520842), "23.52 M");
  EXPECT_EQ(human_duration(3725), "1:02:05");
  EXPECT_EQ(human_duration(65), "1:05");
}

}  // namespace
}  // namespace retort
