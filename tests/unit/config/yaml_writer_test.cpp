// SPDX-License-Identifier: MIT
#include "retort/config/yaml_writer.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace retort::config {
namespace {

using nlohmann::json;

Key key_from(const json& item) {
  const std::string kind = item[0], text = item[1];
  if (kind == "integer") return Key(Key::Kind::integer, text);
  if (kind == "floating") return Key(Key::Kind::floating, text);
  if (kind == "boolean") return Key(Key::Kind::boolean, text);
  return Key(text);
}

// A value as tests/unit/config/golden/yaml_writer.py writes it.
Node node_from(const json& value) {
  if (value.is_boolean()) return Node(value.get<bool>());
  if (value.is_number()) return Node(value.get<int64_t>());
  if (value.is_string()) return Node(value.get<std::string>());
  if (value.is_null()) return Node(nullptr);
  if (value.is_array()) {
    Node::List list;
    for (const json& item : value) list.push_back(node_from(item));
    return Node(std::move(list));
  }
  if (value.contains("float")) return Node(std::strtod(value["float"].get<std::string>().c_str(), nullptr));
  Node::Dict dict;
  for (const json& item : value["dict"]) dict.emplace_back(key_from(item), node_from(item[2]));
  return Node(std::move(dict));
}

TEST(YamlWriter, WritesWhatOmegaConfWrites) {
  std::ifstream file(RETORT_SOURCE_DIR "/tests/unit/config/golden/yaml_writer.jsonl");
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const json pair = json::parse(line);
    EXPECT_EQ(to_yaml(node_from(pair[0])), pair[1].get<std::string>());
  }
  EXPECT_EQ(cases, 300);
}

TEST(YamlWriter, RootMayBeAListOrEmpty) {
  EXPECT_EQ(to_yaml(Node(Node::List{})), "[]\n");
  EXPECT_EQ(to_yaml(Node(Node::Dict{})), "{}\n");
  EXPECT_EQ(to_yaml(Node(Node::List{Node("a=1"), Node("b: c")})), "- a=1\n- 'b: c'\n");
}

}  // namespace
}  // namespace retort::config
