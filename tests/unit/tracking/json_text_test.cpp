// SPDX-License-Identifier: MIT
#include "retort/tracking/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace retort::tracking {
namespace {

using Json = nlohmann::ordered_json;

TEST(DefaultsLeft, NamesTheDefaultsOfWhatIsOtherwise) {
  const Json defaults = Json::parse(R"({"seed":0,"optimizer":{"lr":0.1,"name":"sgd"},"tags":["a"]})");
  const Json config = Json::parse(
      R"({"seed":0,"optimizer":{"lr":0.05,"name":"sgd","nesterov":true,"betas":null},"tags":["a","b"]})");
  EXPECT_EQ(defaults_left(config, defaults),
            Json::parse(R"({"optimizer.lr":0.1,"optimizer.nesterov":null,"tags":["a"]})"));
  EXPECT_EQ(defaults_left(config, config), Json::object());
}

}  // namespace
}  // namespace retort::tracking
