// SPDX-License-Identifier: MIT
#include "retort/config/reader.h"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::config {
namespace {

Node optimizer() {
  Node dict(Node::Dict{}, {"conf/optimizer/sgd.yaml", 1, 1});
  dict.put("name", Node("sgd"));
  dict.put("lr", Node(0.1, {"conf/optimizer/sgd.yaml", 2, 5}));
  dict.put("steps", Node(3));
  dict.put("nesterov", Node(true));
  dict.put("betas", Node(Node::List{Node(0.9), Node(1)}));
  dict.put("nothing", Node());
  dict.put("absent", Node("???"));
  return dict;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
  return "no error";
}

TEST(Reader, ReadsEachKind) {
  const Node dict = optimizer();
  Reader reader(dict, "optimizer");
  EXPECT_EQ(reader.text("name"), "sgd");
  EXPECT_EQ(reader.choice("name", {"adamw", "sgd"}), "sgd");
  EXPECT_EQ(reader.number("lr", {.above = 0}), 0.1);
  EXPECT_EQ(reader.number("steps"), 3.0);
  EXPECT_EQ(reader.integer("steps"), 3);
  EXPECT_EQ(reader.text("steps"), "3");
  EXPECT_TRUE(reader.boolean("nesterov"));
  EXPECT_EQ(reader.numbers("betas"), (std::vector<double>{0.9, 1}));
  EXPECT_EQ(reader.integers("steps"), std::vector<int64_t>{3});
  EXPECT_EQ(reader.texts("name"), std::vector<std::string>{"sgd"});
}

TEST(Reader, GivesNothingForNullAndAbsent) {
  const Node dict = optimizer();
  Reader reader(dict, "optimizer");
  EXPECT_FALSE(reader.has("nothing"));
  EXPECT_EQ(reader.optional_number("nothing"), std::nullopt);
  EXPECT_EQ(reader.optional_text("unheard_of"), std::nullopt);
  EXPECT_EQ(reader.optional_integer("steps"), 3);
}

TEST(Reader, NamesKeyPlaceAndExpectation) {
  const Node dict = optimizer();
  Reader reader(dict, "optimizer");
  EXPECT_EQ(message_of([&] { reader.integer("lr"); }),
            "optimizer.lr=0.1 (conf/optimizer/sgd.yaml:2:5): expected an integer, found 0.1");
  EXPECT_EQ(message_of([&] { reader.number("lr", {.at_least = 1, .below = 2}); }),
            "optimizer.lr=0.1 (conf/optimizer/sgd.yaml:2:5): 0.1 must be at least 1 and below 2");
  EXPECT_EQ(message_of([&] {
              reader.choice("name", {"sgdw", "adam"});
            }),
            "optimizer.name='sgd': expected one of sgdw, adam. Did you mean 'sgdw'?");
  EXPECT_EQ(
      message_of([&] { reader.node("momentum"); }),
      "optimizer.momentum is missing in conf/optimizer/sgd.yaml:1:1; add it with +optimizer.momentum=VALUE");
  EXPECT_EQ(message_of([&] { reader.text("absent"); }),
            "optimizer.absent='?\?\?': this value must be given: "
            "optimizer.absent=VALUE");
}

TEST(Reader, RefusesNanInAnyRange) {
  const Node dict(Node::Dict{{"lr", Node(std::nan(""))}});
  EXPECT_NE(message_of([&] { Reader(dict, "").number("lr"); }), "no error");
}

TEST(Reader, RefusesAKeyThatNobodyRead) {
  const Node dict = optimizer();
  Reader reader(dict, "optimizer");
  for (const char* key : {"name", "lr", "nesterov", "betas", "nothing", "absent", "step"}) reader.ignore(key);
  EXPECT_EQ(message_of([&] { reader.finish(); }), "optimizer.steps=3: no such option. Did you mean 'step'?");
  reader.ignore("steps");
  reader.finish();
}

TEST(Reader, WantsADictionary) {
  const Node node(3, {"conf/train.yaml", 4, 7});
  EXPECT_EQ(message_of([&] { Reader(node, "optimizer"); }),
            "optimizer=3 (conf/train.yaml:4:7): expected a dictionary of options");
}

}  // namespace
}  // namespace retort::config
