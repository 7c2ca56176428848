// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/methods/hinton.h"
#include "retort/methods/method_options.h"

namespace retort::methods {
namespace {

using config::Node;

// One plain line that names the key.
template <class Read>
void expect_refused(Read read, const std::string& key, const std::string& hint) {
  try {
    read();
    ADD_FAILURE() << key << " was accepted";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(message.find(key), std::string::npos) << message;
    EXPECT_NE(message.find(hint), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

Node hinton_with(const std::string& key, Node value) {
  Node node(Node::Dict{{"name", Node("hinton")},
                       {"temperature", Node(8.0)},
                       {"hard_loss_weight", Node(0.25)},
                       {"distill_loss_weight", Node(2)},
                       {"label_smoothing", Node(0.1)},
                       {"scale_by_temperature_squared", Node(false)}});
  node.set(key, std::move(value));
  return node;
}

TEST(HintonOptions, ReadsEveryKey) {
  const HintonOptions options = HintonOptions::from(hinton_with("name", Node("hinton")));
  EXPECT_EQ(options.temperature, 8);
  EXPECT_EQ(options.hard_loss_weight, 0.25);
  EXPECT_EQ(options.distill_loss_weight, 2);
  EXPECT_EQ(options.label_smoothing, 0.1);
  EXPECT_FALSE(options.scale_by_temperature_squared);
}

TEST(HintonOptions, RefusesWhatIsOutOfRangeOrUnknown) {
  const auto refused = [](const std::string& key, Node value, const std::string& hint) {
    expect_refused([&] { HintonOptions::from(hinton_with(key, std::move(value))); }, "method." + key, hint);
  };
  refused("temperature", Node(0), "above 0");
  refused("temperature", Node(-4.0), "above 0");
  refused("temperature", Node("warm"), "a number");
  refused("hard_loss_weight", Node(-0.1), "at least 0");
  refused("distill_loss_weight", Node(-0.1), "at least 0");
  refused("label_smoothing", Node(1.5), "at most 1");
  refused("label_smoothing", Node(-0.1), "at least 0");
  refused("temprature", Node(4), "temperature");
}

TEST(HintonOptions, RefusesBothWeightsZero) {
  Node node = hinton_with("hard_loss_weight", Node(0));
  EXPECT_EQ(HintonOptions::from(node).hard_loss_weight, 0);
  node.set("distill_loss_weight", Node(0.0));
  expect_refused([&] { HintonOptions::from(node); }, "method.distill_loss_weight", "hard_loss_weight");
}

TEST(MakeMethod, BuildsEveryNameAndOffersTheNearest) {
  for (const std::string& name : method_names()) {
    const auto method = make_method(Node(Node::Dict{{"name", Node(name)}}), {});
    EXPECT_TRUE(method->needs_teacher());
  }
  expect_refused(
      [] {
        make_method(Node(Node::Dict{{"name", Node("hintn")}}), {});
      },
      "method.name", "'hinton'");
}

Node teacher_with(Node checkpoint, Node weights, const std::string& combine = "probability_mean") {
  return Node(Node::Dict{{"checkpoint", std::move(checkpoint)},
                         {"combine", Node(combine)},
                         {"weights", std::move(weights)},
                         {"precision", Node()},
                         {"table", Node()},
                         {"table_rows", Node("float16")},
                         {"audit_rows", Node(32)}});
}

TEST(TeacherOptions, TakesOneFileOrAList) {
  const TeacherOptions one = TeacherOptions::from(teacher_with(Node("a.safetensors"), Node()));
  EXPECT_EQ(one.checkpoints, std::vector<std::string>{"a.safetensors"});
  EXPECT_EQ(one.combine, Combine::probability_mean);
  EXPECT_TRUE(one.weights.empty());

  const Node files(Node::List{Node("a"), Node("b")});
  const TeacherOptions two = TeacherOptions::from(teacher_with(files, Node(), "geometric_mean"));
  EXPECT_EQ(two.checkpoints, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(two.combine, Combine::geometric_mean);
}

TEST(TeacherOptions, ReadsPrecisionAndTable) {
  Node node = teacher_with(Node("a"), Node());
  TeacherOptions options = TeacherOptions::from(node);
  EXPECT_EQ(options.precision, TeacherPrecision::as_trainer);
  EXPECT_TRUE(options.table.empty() && options.half_rows);
  node.set("precision", Node("bf16"));
  node.set("table", Node("tables"));
  node.set("table_rows", Node("float32"));
  node.set("audit_rows", Node(0));
  options = TeacherOptions::from(node);
  EXPECT_EQ(options.precision, TeacherPrecision::bfloat16);
  EXPECT_EQ(options.table, "tables");
  EXPECT_FALSE(options.half_rows);
  EXPECT_EQ(options.audit_rows, 0);
  node.set("precision", Node("int8"));
  EXPECT_EQ(TeacherOptions::from(node).precision, TeacherPrecision::int8);
  node.set("precision", Node("fp8"));
  expect_refused([&] { TeacherOptions::from(node); }, "teacher.precision", "bf16");
}

TEST(TeacherOptions, WeightsAreNormalised) {
  const Node files(Node::List{Node("a"), Node("b")});
  const auto options = TeacherOptions::from(teacher_with(files, Node(Node::List{Node(3), Node(1.0)})));
  EXPECT_EQ(options.weights, (std::vector<double>{0.75, 0.25}));
}

TEST(TeacherOptions, RefusesWeightsThatDoNotFitAndNoFiles) {
  const Node files(Node::List{Node("a"), Node("b")});
  const auto refused = [&](Node weights, const std::string& hint) {
    expect_refused([&] { TeacherOptions::from(teacher_with(files, std::move(weights))); }, "teacher.weights",
                   hint);
  };
  refused(Node(Node::List{Node(1.0)}), "2 files");
  refused(Node(Node::List{Node(1.0), Node(0.0)}), "above 0");
  refused(Node(Node::List{Node(1.0), Node(-1.0)}), "above 0");
  expect_refused([] { TeacherOptions::from(teacher_with(Node(Node::List{}), Node())); }, "teacher.checkpoint",
                 "at least one");
  expect_refused([&] { TeacherOptions::from(teacher_with(files, Node(), "mean")); }, "teacher.combine",
                 "geometric_mean");
}

}  // namespace
}  // namespace retort::methods
