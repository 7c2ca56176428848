// SPDX-License-Identifier: MIT
#include "retort/core/text.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(FindNearest, FindsTyposAndSwapsButNothingFar) {
  const std::vector<std::string> names = {"batch_size", "augmentation", "root", "download", "ab"};
  EXPECT_EQ(find_nearest("bacth_size", names), 0);
  EXPECT_EQ(find_nearest("batchsize", names), 0);
  EXPECT_EQ(find_nearest("rot", names), 2);
  EXPECT_EQ(find_nearest("ba", names), 4);  // one swap
  EXPECT_EQ(find_nearest("learning_rate", names), std::nullopt);
  EXPECT_EQ(find_nearest("", names), std::nullopt);
}

TEST(FindNearest, TakesTheFirstOfTwoThatAreAsNear) {
  const std::vector<std::string> names = {"lr", "lrs", "learning"};
  EXPECT_EQ(find_nearest("lra", names), 0);
  EXPECT_EQ(find_nearest("lrs", names), 1);
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("na\xc3\xafve"), "na\xc3\xafve");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // C1 control: CSI
  EXPECT_EQ(printable("0123456789", 4), "0123...");
}

TEST(PrintableLines, KeepsTheLinesAndCutsLongOnes) {
  EXPECT_EQ(printable_lines("a\x1b[2J\n  b\n"), "a\\x1b[2J\n  b\n");
  EXPECT_EQ(printable_lines("0123456789\nab", 4), "0123...\nab");
  EXPECT_EQ(printable_lines("options:\n\ta\tb"), "options:\n\ta\\x09b");
  EXPECT_EQ(printable_lines(""), "");
}

TEST(IsUtf8, AgreesWithPython) {
  for (const char* sound :
       {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(sound)) << printable(sound);
  for (const char* broken : {"\x80", "\xc1\x80", "\xc2", "\xe0\x9f\x80", "\xed\xa0\x80", "\xf0\x8f\x80\x80",
                             "\xf4\x90\x80\x80", "\xff", "a\xe2\x82"})
    EXPECT_FALSE(is_utf8(broken)) << printable(broken);
}

TEST(Human, UnitsReadAsWritten) {
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_count(23520842), "23.52 M");
  EXPECT_EQ(human_duration(3725), "1:02:05");
  EXPECT_EQ(human_duration(65), "1:05");
}

}  // namespace
}  // namespace retort
