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
  EXPECT_EQ(resolved("${oc.dict.values:a}"), "x:\n- 1\n- - 10\n  - 20\n- c\n- null\n");
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
  const Node cycle = read_yaml("a: {x: '${b}'}\nb: {x: '${a}'}\n", "a.yaml");
  EXPECT_THROW(Interpolator(cycle, nullptr, {}).resolve(), Error);
}

}  // namespace
}  // namespace retort::config
