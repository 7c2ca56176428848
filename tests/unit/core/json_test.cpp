// SPDX-License-Identifier: MIT
#include "retort/core/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace retort {
namespace {

using namespace std::string_literals;

std::string refusal(const std::string& text) {
  try {
    parse_json(text, /*max_depth=*/3, ExitCode::checkpoint, "a.json");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    return error.what();
  }
}

TEST(ParseJson, ReadsWhatIsSound) {
  const auto json = parse_json(R"({"a": [1, -2.5, "x"], "b": {"a": null}})", 3, ExitCode::data, "a.json");
  EXPECT_EQ(json["a"][1], -2.5);
  EXPECT_TRUE(json["b"]["a"].is_null());
  EXPECT_EQ(refusal("[[[]]]"), "");
}

TEST(ParseJson, SaysWhereAndWhyItRefuses) {
  EXPECT_EQ(refusal("[[[[]]]]"), "a.json is not sound JSON: it is nested more than 3 deep");
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), "a.json is not sound JSON: it is nested more than 3 deep");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), "a.json is not sound JSON: the key 'a' stands there twice");
  EXPECT_EQ(refusal("{}\0x"s), "a.json is not sound JSON: it has a zero byte");
  EXPECT_EQ(refusal("[1e999]"), "a.json is not sound JSON: it has a number that is too large");
  EXPECT_EQ(refusal("[1,]"), "a.json is not sound JSON: it breaks at byte 4");
  for (const char* text : {"", "{} {}", "[NaN]", "[\"\xFF\"]", "// c\n{}", "{\"a\":1,}"})
    EXPECT_NE(refusal(text), "") << text;
}

TEST(ParseJson, TheSameKeyInTwoDictionariesIsFine) { EXPECT_EQ(refusal(R"({"a":{"k":1},"b":{"k":1}})"), ""); }

}  // namespace
}  // namespace retort
