// SPDX-License-Identifier: MIT
#include "retort/config/key_index.h"

#include <string>

#include <gtest/gtest.h>

namespace retort::config {
namespace {

// The index that is made after some searches must find what looking through the keys found.
TEST(KeyFinder, FindsTheSameBeforeAndAfterItsIndex) {
  Node::Dict dict;
  for (int i = 0; i < 100; ++i) dict.emplace_back("k" + std::to_string(i), Node(i));
  dict.emplace_back(Key(Key::Kind::integer, "1"), Node("one"));
  dict.emplace_back("1", Node("text"));
  KeyFinder finder(dict);
  dict.emplace_back("added", Node());
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < 100; ++i) EXPECT_EQ(finder.find("k" + std::to_string(i)), i);
    EXPECT_EQ(finder.find(Key(Key::Kind::boolean, "True")), 100);  // equal to 1, as in Python
    EXPECT_EQ(finder.find("1"), 101);
    EXPECT_EQ(finder.find("k100"), std::nullopt);
    EXPECT_EQ(finder.find("added"), std::nullopt);
  }
}

}  // namespace
}  // namespace retort::config
