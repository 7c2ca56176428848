// SPDX-License-Identifier: MIT
#include "retort/tracking/registry.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::tracking {
namespace {

using config::Node;

TrackerOptions options_from(const Node& root) {
  config::Reader reader(root, "");
  TrackerOptions options = TrackerOptions::from(reader);
  reader.finish();
  return options;
}

Node wandb_node() {
  Node node(Node::Dict{});
  for (const char* key : {"entity", "name", "group", "job_type", "tags", "notes", "dir", "id"})
    node.put(key, Node());
  node.put("mode", Node("offline"));
  node.put("project", Node("p"));
  node.put("resume", Node("allow"));
  node.put("silent", Node("False"));
  return node;
}

TEST(TrackerOptions, TakesADictionaryAListAndAName) {
  const Node dict(Node::Dict{{"csv", Node(true)}, {"wandb", Node(false)}});
  EXPECT_EQ(options_from(Node(Node::Dict{{"tracker", dict}})).names, (std::vector<std::string>{"csv"}));
  const Node list(Node::List{Node("csv"), Node("mlflow")});
  EXPECT_EQ(options_from(Node(Node::Dict{{"tracker", list}})).names,
            (std::vector<std::string>{"csv", "mlflow"}));
  EXPECT_EQ(options_from(Node(Node::Dict{{"tracker", Node("wandb")}})).names,
            (std::vector<std::string>{"wandb"}));
  EXPECT_TRUE(options_from(Node(Node::Dict{})).names.empty());
}

TEST(TrackerOptions, RefusesWhatItDoesNotKnow) {
  for (const char* name : {"csvv", "wandb2", ""})
    EXPECT_THROW(options_from(Node(Node::Dict{{"tracker", Node(name)}})), Error) << name;
}

TEST(WandbOptions, SplitsTagsAtCommasAndChecksTheId) {
  Node node = wandb_node();
  node.put("tags", Node("a,b,,c"));
  EXPECT_EQ(WandbOptions::from(node).tags, (std::vector<std::string>{"a", "b", "c"}));
  for (const char* id : {"a/b", "a:b", " a", "../x"}) {
    node.put("id", Node(id));
    EXPECT_THROW(WandbOptions::from(node), Error) << id;
  }
}

// CI systems leave variables that are set and empty.
TEST(WandbOptions, AnEmptyVariableIsAsGoodAsNone) {
  Node node = wandb_node();
  for (const char* key : {"mode", "project", "entity", "name", "tags", "dir", "id", "resume", "silent"})
    node.put(key, Node(""));
  const WandbOptions options = WandbOptions::from(node);
  EXPECT_EQ(options.mode, WandbOptions::Mode::offline);
  EXPECT_EQ(options.project, "retort");
  EXPECT_FALSE(options.entity || options.name || options.dir || options.id);
  EXPECT_TRUE(options.tags.empty());
  EXPECT_EQ(options.resume, WandbOptions::Resume::allow);
}

TEST(WandbOptions, ASwitchIsAKeyOrAVariable) {
  Node node = wandb_node();
  for (const auto& [value, is_silent] : {std::pair{Node(true), true},
                                         {Node(false), false},
                                         {Node("1"), true},
                                         {Node("True"), true},
                                         {Node("yes"), true},
                                         {Node("off"), false},
                                         {Node(""), false}}) {
    node.put("silent", value);
    EXPECT_EQ(WandbOptions::from(node).silent, is_silent) << describe(value);
  }
  node.put("silent", Node("maybe"));
  EXPECT_THROW(WandbOptions::from(node), Error);
}

TEST(MlflowOptions, KnowsServersAndFolders) {
  Node node(Node::Dict{{"tracking_uri", Node("http://127.0.0.1:5000")},
                       {"experiment_name", Node("e")},
                       {"run_name", Node()},
                       {"log_model", Node(false)},
                       {"wait_seconds", Node(1)}});
  EXPECT_EQ(MlflowOptions::from(node).tracking_uri, "http://127.0.0.1:5000");
  node.put("tracking_uri", Node("file:///tmp/runs"));
  EXPECT_EQ(MlflowOptions::from(node).tracking_uri, "/tmp/runs");
  node.put("tracking_uri", Node(""));
  EXPECT_EQ(MlflowOptions::from(node).tracking_uri, "mlruns");
  node.put("tracking_uri", Node("sqlite:///runs.db"));
  EXPECT_THROW(MlflowOptions::from(node), Error);
}

}  // namespace
}  // namespace retort::tracking
