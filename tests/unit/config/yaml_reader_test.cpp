// SPDX-License-Identifier: MIT
#include "retort/config/yaml_reader.h"

#include <string>

#include <gtest/gtest.h>

#include "retort/config/yaml_writer.h"
#include "retort/core/error.h"

namespace retort::config {
namespace {

std::string read_again(const std::string& text) { return to_yaml(read_yaml(text, "a.yaml")); }

std::string refusal(const std::string& text) {
  try {
    read_yaml(text, "a.yaml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
  return "accepted";
}

// Expected texts are what OmegaConf.to_yaml(OmegaConf.load(...)) prints (omegaconf 2.3.1, PyYAML 6.0.4).
TEST(ReadYaml, ReadsPlainScalarsAsOmegaConf) {
  EXPECT_EQ(read_again("a: [1e-3, 1e3, .5, 1., 1_000, 010, 0x1F, 0b11, 12:30:45, -0, +7]"),
            "a:\n- 0.001\n- 1000.0\n- 0.5\n- 1.0\n- 1000\n- 8\n- 31\n- 3\n- 45045\n- 0\n- 7\n");
  EXPECT_EQ(read_again("a: [yes, No, ON, off, true, y, n]"),
            "a:\n- true\n- false\n- true\n- false\n- true\n- 'y'\n- 'n'\n");
  EXPECT_EQ(
      read_again("a: [null, ~, '', \"1\", 2020-01-01, 08, 1e, .inf, -.INF, .nan, 1:30.5]"),
      "a:\n- null\n- null\n- ''\n- '1'\n- '2020-01-01'\n- '08'\n- 1e\n- .inf\n- -.inf\n- .nan\n- 90.5\n");
}

TEST(ReadYaml, AppliesMergeKeysAndAliases) {
  EXPECT_EQ(read_again("base: &b {a: 1, b: 2}\nx:\n  <<: *b\n  b: 3\ny: *b\n"),
            "base:\n  a: 1\n  b: 2\nx:\n  a: 1\n  b: 3\n'y':\n  a: 1\n  b: 2\n");
}

TEST(ReadYaml, HoldsKeysEqualThatPythonHoldsEqual) {
  EXPECT_EQ(read_again("1: a\ntrue: b\n1.0: c\n"), "1: c\n");
}

TEST(ReadYaml, KeepsCharactersOfEscapes) {
  EXPECT_EQ(read_again("a: \"\xC3\xA9\\_x\""), "a: \xC3\xA9\xC2\xA0x\n");
}

TEST(ReadYaml, ReadsEmptyTextAndOneWord) {
  EXPECT_EQ(read_again(""), "{}\n");
  EXPECT_EQ(read_again("# nothing\n"), "{}\n");
  EXPECT_EQ(read_again("word"), "word: null\n");
}

TEST(ReadYaml, KnowsWhereEachValueStands) {
  const Node root = read_yaml("a:\n  b:\n  - x\n  - y\n", "conf/a.yaml");
  EXPECT_EQ(root.select("a.b[1]")->source().to_string(), "conf/a.yaml:4:5");
}

TEST(ReadYaml, NamesThePlaceOfAMistake) {
  EXPECT_EQ(refusal("lr: 1\nlr: 2\n"), "a.yaml:2:1: duplicate key 'lr'");
  EXPECT_EQ(refusal("a: 'open\n"), "a.yaml:1:4: this quote is never closed");
  EXPECT_EQ(refusal("a: !!python/object x"), "a.yaml:1:4: the tag !!python/object is not supported");
  EXPECT_EQ(refusal("a: !!int x"), "a.yaml:1:4: x is not what its tag !!int says");
  EXPECT_EQ(refusal("a: \xFF\n"), "a.yaml:1:4: the byte 0xff is not allowed in a configuration file");
  EXPECT_EQ(refusal("a: \xED"), "a.yaml:1:4: the byte 0xed is not allowed in a configuration file");
  EXPECT_EQ(refusal("a: \xED\xA0\x80\n"), "a.yaml:1:4: the byte 0xed is not allowed in a configuration file");
  EXPECT_EQ(refusal(std::string("a: \0", 4)),
            "a.yaml:1:4: the byte 0x00 is not allowed in a configuration file");
  EXPECT_EQ(refusal("? [1]\n: 2\n"), "a.yaml:1:3: a list or a dictionary cannot be a key");
  EXPECT_EQ(refusal("null: 1"), "a.yaml:1:1: null cannot be a key");
  EXPECT_EQ(refusal("a: &x [*x]"), "a.yaml:1:8: an alias stands inside the value that it names");
  EXPECT_EQ(refusal("---\na: 1\n---\nb: 2\n"), "a.yaml: more than one YAML document in the file");
}

TEST(ReadYaml, SaysInPlainWordsWhatPeopleGetWrong) {
  EXPECT_EQ(refusal("a: b: c\n").substr(0, 32), "a.yaml:1:5: a ':' cannot stand h");
  EXPECT_EQ(refusal("a: 1\n b: 2\n").substr(0, 32), "a.yaml:2:3: a ':' cannot stand h");
  EXPECT_EQ(refusal("a:\n\tb: 1\n"), "a.yaml:2:3: a tab cannot indent a line; YAML takes blanks");
  for (const char* text : {"\ta: 1\n", "a: x\n\tb: y\n", "a:\n\t- x\n", "a:\n\t? x\n", "a: |\n\tx\n"})
    EXPECT_NE(refusal(text).find("a tab cannot indent"), std::string::npos) << text;
  EXPECT_EQ(refusal("a: [1,\n\t2, @]\n"), "a.yaml:2:5: text that begins with '@' must stand in quotes");
  EXPECT_EQ(refusal("a: [1,\n\t2"), "a.yaml:2:1: a list is never closed: ']' is missing before this");
  EXPECT_EQ(refusal("a: \"\n\t\\q\"\n"), "a.yaml:2:4: unknown escape character: q");
  for (const char* text : {"a: {b: ${c}}\n", "a: [${c}, 1]\n"})
    EXPECT_NE(refusal(text).find("must stand in quotes: '${KEY}'"), std::string::npos) << refusal(text);
  EXPECT_EQ(refusal("a: [1,\nb: 2\n"), "a.yaml:3:1: a list is never closed: ']' is missing before this");
  EXPECT_EQ(refusal("a: [1,\n   "), "a.yaml:2:1: a list is never closed: ']' is missing before this");
  EXPECT_EQ(refusal("a: {b: 1\n"), "a.yaml:2:1: a dictionary is never closed: '}' is missing before this");
  EXPECT_EQ(refusal("a: 1\nb: @x\n"), "a.yaml:2:4: text that begins with '@' must stand in quotes");
}

TEST(ReadYaml, IsBounded) {
  EXPECT_NE(refusal(std::string(2 << 20, 'x')).find("larger than 256.0 KiB"), std::string::npos);
  // Few values, each of them a copy of a long text.
  const std::string text = "a: &x " + std::string(100'000, 'x') + "\n";
  EXPECT_EQ(refusal(text + "b: [*x]\n"), "accepted");
  std::string copies = "b: [*x";
  for (int i = 0; i < 1000; ++i) copies += ", *x";
  EXPECT_NE(refusal(text + copies + "]\n").find("anchors and aliases repeat more than 256.0 KiB"),
            std::string::npos);
  std::string nested = "a: ";
  for (int i = 0; i < 60; ++i) nested += "&x" + std::to_string(i) + " [";
  EXPECT_NE(
      refusal(nested + std::string(100'000, 'x') + std::string(60, ']')).find("anchors and aliases repeat"),
      std::string::npos);
  EXPECT_NE(refusal(std::string(100, '[') + std::string(100, ']')).find("nested deeper than 64 levels"),
            std::string::npos);
  EXPECT_NE(refusal(std::string(100'000, '[')), "accepted");
  EXPECT_NE(refusal("a: " + std::string(100'000, '{')).find("nested deeper"), std::string::npos);
  EXPECT_EQ(refusal("a: '" + std::string(1000, '[') + "'"), "accepted");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    std::string items = before;
    for (int k = 1; k < 9; ++k) items += ", " + before;
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + items + "]\n";
  }
  EXPECT_NE(refusal(bomb).find("more than 20000 values in one file"), std::string::npos);
}

}  // namespace
}  // namespace retort::config
