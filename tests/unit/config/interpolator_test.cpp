// SPDX-License-Identifier: MIT
#include "retort/config/interpolator.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "retort/config/yaml_reader.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/error.h"

namespace retort::config {
namespace {

constexpr const char* kRoot = R"(
a: {b: 1, c: [10, 20], name: c, none: null}
m: ???
s: text
)";

// The value of `x: TEXT` beside kRoot, resolved, as YAML.
std::string resolved(const std::string& text) {
  const Node root = read_yaml(std::string(kRoot) + "x: " + text + "\n", "a.yaml");
  Interpolator interpolator(root, &root, Interpolator::Time{});
  return to_yaml(Node(Node::Dict{{"x", *interpolator.resolve().find("x")}}));
}

std::string refusal(const std::string& text) {
  try {
    return "accepted: " + resolved(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
}

// Expected values are what omegaconf 2.3.1 gives.
TEST(Interpolator, FollowsPaths) {
  EXPECT_EQ(resolved("${a.b}"), "x: 1\n");
  EXPECT_EQ(resolved("${a[c][1]}"), "x: 20\n");
  EXPECT_EQ(resolved("${a.${a.name}}"), "x:\n- 10\n- 20\n");
  EXPECT_EQ(resolved("{y: '${.z}', z: '${..s}'}"), "x:\n  'y': text\n  z: text\n");
  EXPECT_EQ(resolved("<${s}|${a.none}|${a.c}>"), "x: <text|None|[10, 20]>\n");
}

TEST(Interpolator, KeepsWhatIsEscaped) {
  EXPECT_EQ(resolved(R"('\${s}')"), "x: ${s}\n");
  EXPECT_EQ(resolved(R"('\\${s}')"), "x: \\text\n");
  EXPECT_EQ(resolved(R"('c:\dir\${s}')"), "x: c:\\dir${s}\n");
}

TEST(Interpolator, LeavesMissingTargetsMissing) {
  EXPECT_EQ(resolved("${m}"), "x: ???\n");
  EXPECT_EQ(resolved("a ${m}"), "x: ???\n");
}

TEST(Interpolator, KnowsTheResolvers) {
  setenv("RETORT_TEST_WORD", "7", 1);
  unsetenv("RETORT_TEST_NOTHING");
  EXPECT_EQ(resolved("${oc.env:RETORT_TEST_WORD}"), "x: '7'\n");
  EXPECT_EQ(resolved("${oc.decode:${oc.env:RETORT_TEST_WORD}}"), "x: 7\n");
  EXPECT_EQ(resolved("${oc.env:RETORT_TEST_NOTHING,1e3}"), "x: '1000.0'\n");
  EXPECT_EQ(resolved("${oc.env:RETORT_TEST_NOTHING,null}"), "x: null\n");
  EXPECT_EQ(resolved("${oc.select:no.such,'b c'}"), "x: b c\n");
  EXPECT_EQ(resolved("'${oc.create:{a: [1, b]}}'"), "x:\n  a:\n  - 1\n  - b\n");
  EXPECT_EQ(resolved("${oc.dict.keys:a}"), "x:\n- b\n- c\n- name\n- none\n");
  EXPECT_EQ(
      resolved("{d: {2: a, 2.5: b, true: c, '1': d}, k: '${oc.dict.keys:x.d}'}"),
      "x:\n  d:\n    2: a\n    2.5: b\n    true: c\n    '1': d\n  k:\n  - 2\n  - 2.5\n  - true\n  - '1'\n");
  EXPECT_EQ(resolved("${oc.dict.values:a}"), "x:\n- 1\n- - 10\n  - 20\n- c\n- null\n");
}

TEST(Interpolator, ReadsIndicesAsPythonDoes) {
  EXPECT_EQ(resolved("${a.c.0}"), "x: 10\n");
  EXPECT_EQ(resolved("${a.c[+1]}"), "x: 20\n");
  EXPECT_EQ(resolved("${a.c[0_1]}"), "x: 20\n");
  EXPECT_NE(refusal("${a.c[-1]}").find("interpolation key 'a.c[-1]' not found"), std::string::npos);
  EXPECT_NE(refusal("${a.c[99999999999999999999]}").find("not found"), std::string::npos);
  EXPECT_NE(refusal("${a.c[1_]}").find("'1_' is no index into the list 'a.c'"), std::string::npos);
  EXPECT_NE(refusal("${a.c[-]}").find("'-' is no index into the list 'a.c'"), std::string::npos);
}

TEST(Interpolator, FindsAnyOfManyKeys) {
  std::string text = "d: {";
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i) + ": " + std::to_string(i) + ", ";
  text += "}\nl: [";
  for (int i = 0; i < 100; ++i) text += "'${d.k" + std::to_string(i) + "}', ";
  const Node root = read_yaml(text + "'${d.k100}']\n", "a.yaml");
  EXPECT_THROW(Interpolator(root, nullptr, {}).resolve(), Error);
  const Node::List& list = root.find("l")->as_list();
  Interpolator interpolator(root, nullptr, {});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(interpolator.resolve(list[static_cast<size_t>(i)]), Node(i));
}

TEST(Interpolator, SaysWhichKeyFailsAndWhere) {
  EXPECT_EQ(refusal("${a.d}"), "x=${a.d} (a.yaml:5:4): interpolation key 'a.d' not found. Did you mean 'b'?");
  EXPECT_EQ(refusal("${x}"), "x=${x} (a.yaml:5:4): the interpolation leads back to itself");
  EXPECT_EQ(refusal("${oc.evn:A}"),
            "x=${oc.evn:A} (a.yaml:5:4): there is no resolver 'oc.evn'. Did you mean 'oc.env'?");
  EXPECT_EQ(
      refusal("${oc.env:RETORT_TEST_NOTHING}"),
      "x=${oc.env:RETORT_TEST_NOTHING} (a.yaml:5:4): environment variable 'RETORT_TEST_NOTHING' not found");
  EXPECT_NE(refusal("${a.b").find("in '${a.b' at character 6: expected '.', '[', ':' or '}'"),
            std::string::npos);
}

TEST(Interpolator, IsBounded) {
  std::string text = "v0: xxxxxxxxxxxxxxxx\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "${v" + std::to_string(i - 1) + "}";
    text += "v" + std::to_string(i) + ": " + before + before + "\n";
  }
  const Node root = read_yaml(text, "a.yaml");
  EXPECT_THROW(Interpolator(root, nullptr, {}).resolve(), Error);
  // Each value is a list of all keys; the lists take the memory, not their number.
  std::string keys = "d: {", lists;
  for (int i = 0; i < 3000; ++i) keys += "k" + std::to_string(i) + ": 1, ";
  for (int i = 0; i < 200; ++i) lists += "l" + std::to_string(i) + ": '${oc.dict.keys:d}'\n";
  const Node repeated = read_yaml(keys + "}\n" + lists, "a.yaml");
  EXPECT_THROW(Interpolator(repeated, nullptr, {}).resolve(), Error);
  // What doubles the work and not the result.
  std::string doubled = "v0: 1\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "${v" + std::to_string(i - 1) + "}";
    doubled += "v" + std::to_string(i) + ": '${oc.select:no.such." + before + "," + before + "}'\n";
  }
  const Node twice = read_yaml(doubled, "a.yaml");
  EXPECT_THROW(Interpolator(twice, nullptr, {}).resolve(), Error);
  const Node cycle = read_yaml("a: {x: '${b}'}\nb: {x: '${a}'}\n", "a.yaml");
  EXPECT_THROW(Interpolator(cycle, nullptr, {}).resolve(), Error);
}

}  // namespace
}  // namespace retort::config
