// SPDX-License-Identifier: MIT
#include "retort/config/override_aliases.h"

#include <fstream>
#include <optional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "retort/config/yaml_reader.h"
#include "retort/core/error.h"

namespace retort::config {
namespace {

using nlohmann::json;

std::optional<OverrideAliases> aliases_of(const std::string& config) {
  try {
    return OverrideAliases::from(read_yaml(config, "config.yaml"));
  } catch (const Error&) {
    return std::nullopt;
  }
}

json expansion(const OverrideAliases& aliases, const std::string& override) {
  try {
    return aliases.expand(override);
  } catch (const Error&) {
    return nullptr;
  }
}

TEST(OverrideAliases, AreThoseOfHydra) {
  std::ifstream file(RETORT_SOURCE_DIR "/tests/unit/config/golden/override_aliases.jsonl");
  int configs = 0;
  for (std::string line; std::getline(file, line); ++configs) {
    const json expected = json::parse(line);
    const std::string config = expected[0];
    const std::optional<OverrideAliases> aliases = aliases_of(config);
    ASSERT_EQ(aliases.has_value(), !expected[1].is_null()) << config;
    for (const json& pair : expected[1].is_null() ? json::array() : expected[1])
      EXPECT_EQ(expansion(*aliases, pair[0]), pair[1]) << config << pair[0];
  }
  EXPECT_EQ(configs, 55);
}

TEST(OverrideAliases, ExpandTwiceToTheSame) {
  const auto aliases =
      aliases_of("hydra: {aliases: {lr: optimizer.lr, quick: epochs=1, model: model@student}}");
  for (const char* override : {"lr=1", "quick", "model=x", "~lr"}) {
    const std::string once = aliases->expand(override);
    EXPECT_NE(once, override);
    EXPECT_EQ(aliases->expand(once), once);
  }
  EXPECT_FALSE(aliases_of("hydra: {aliases: {a: b, b: c}}").has_value());
  EXPECT_FALSE(aliases_of("hydra: {aliases: {a: a.b=1, a.b: c}}").has_value());
}

TEST(OverrideAliases, AreListedAsTheyAreTyped) {
  const auto aliases = aliases_of("hydra: {aliases: {'lr, rate': optimizer.lr, quick: epochs=1}}");
  EXPECT_EQ(aliases->typed(), (std::vector<std::string>{"lr=", "rate=", "quick"}));
  EXPECT_EQ(aliases->to_text(),
            "lr=VALUE -> optimizer.lr=VALUE\nrate=VALUE -> optimizer.lr=VALUE\nquick -> epochs=1\n");
}

}  // namespace
}  // namespace retort::config
