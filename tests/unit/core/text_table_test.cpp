// SPDX-License-Identifier: MIT
#include "retort/core/text_table.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(TextTable, AlignsColumnsBelowARule) {
  EXPECT_EQ(text_table({{"name", "n"}, {"a", "12"}, {"longer", "3"}}, {.right = {1}}),
            "name     n\n"
            "----------\n"
            "a       12\n"
            "longer   3\n");
}

TEST(TextTable, CountsCodePointsAsColumns) {
  EXPECT_EQ(text_table({{"é", "n"}, {"ab", "1"}}, {.is_unicode = true, .gap = 1}), "é  n\n────\nab 1\n");
}

TEST(TextTable, LetsARowOfOneCellStandAcross) {
  EXPECT_EQ(text_table({{"a", "b"}, {"a long name"}, {"", "1"}}, {.right = {0, 1}}),
            "a  b\n----\na long name\n   1\n");
}

TEST(TextTable, LeavesColumnsOutWhereItIsTooWide) {
  const TableStyle style{.width = 8, .dispensable = {2, 0}};
  EXPECT_EQ(text_table({{"a", "bbbb", "cccc"}, {"1", "2", "3"}}, style), "a  bbbb\n-------\n1  2\n");
  EXPECT_EQ(text_table({{"aaaa", "bbbb", "cccc"}, {"1", "2", "3"}}, style), "bbbb\n----\n2\n");
}

TEST(ShowsUnicode, WantsALocaleOfUtf8AndATerminalThatIsNotDumb) {
  setenv("LC_ALL", "C.UTF-8", /*overwrite=*/1);
  setenv("TERM", "xterm", 1);
  EXPECT_TRUE(shows_unicode());
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(shows_unicode());
  unsetenv("TERM");
  setenv("LC_ALL", "C", 1);
  EXPECT_FALSE(shows_unicode());
  unsetenv("LC_ALL");
}

}  // namespace
}  // namespace retort
