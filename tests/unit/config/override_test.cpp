// SPDX-License-Identifier: MIT
#include "retort/config/override.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "retort/config/override_value.h"
#include "retort/core/error.h"

namespace retort::config {
namespace {

using nlohmann::json;

std::string message_of(const std::string& line) {
  try {
    parse_override(line);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
  return "accepted";
}

const char* const kKeyKinds[] = {"text", "integer", "floating", "boolean"};

// The value as tests/unit/config/golden/overrides.py writes it.
json to_json(const Node& node) {
  if (node.is_bool()) return node.as_bool();
  if (node.is_int()) return node.as_int();
  if (node.is_float()) return {{"float", python_float(node.as_float())}};
  if (node.is_string()) return node.as_string();
  if (node.is_null()) return nullptr;
  json result = json::array();
  if (node.is_list()) {
    for (const Node& item : node.as_list()) result.push_back(to_json(item));
    return result;
  }
  for (const auto& [key, item] : node.as_dict())
    result.push_back(json::array({kKeyKinds[static_cast<size_t>(key.kind())], key.text(), to_json(item)}));
  return {{"dict", result}};
}

json to_json(const Override& override) {
  constexpr const char* kKinds[] = {"change", "add", "force_add", "del"};
  constexpr const char* kSweeps[] = {"choice", "range", "glob", "interval"};
  json result = {{"line", override.line},
                 {"kind", kKinds[static_cast<size_t>(override.kind)]},
                 {"key", override.key_or_group},
                 {"package", override.package ? json(*override.package) : json(nullptr)}};
  if (!override.has_value) return result;
  if (!override.sweep) {
    result["value"] = to_json(override.value);
    result["text"] = override.value_text;
    return result;
  }
  const Sweep& sweep = *override.sweep;
  result["sweep"] = kSweeps[static_cast<size_t>(sweep.kind)];
  if (sweep.kind == Sweep::Kind::glob) {
    result["include"] = sweep.include;
    result["exclude"] = sweep.exclude;
  } else if (sweep.kind != Sweep::Kind::interval) {
    result["values"] = sweep.values;
    result["shuffle"] = sweep.shuffle;
  }
  return result;
}

TEST(Override, IsReadAsHydraReadsIt) {
  std::ifstream file(RETORT_SOURCE_DIR "/tests/unit/config/golden/overrides.jsonl");
  int cases = 0;
  for (std::string text; std::getline(file, text); ++cases) {
    const json expected = json::parse(text);
    const std::string line = expected["line"];
    json found;
    try {
      found = to_json(parse_override(line));
    } catch (const Error&) {
      found = {{"line", line}, {"refused", true}};
    }
    EXPECT_EQ(found, expected);
  }
  EXPECT_GT(cases, 500);
}

TEST(Override, ErrorShowsThePlaceWithACaret) {
  EXPECT_EQ(message_of("a=[1,2"),
            "Error parsing override 'a=[1,2': ',' or ']' expected, found the end\n"
            "  a=[1,2\n"
            "        ^");
  // A caret counts characters, not bytes.
  EXPECT_EQ(message_of("a='\xC3\xA9' b"),
            "Error parsing override 'a='\xC3\xA9' b': the end, or a comma expected, found ' '\n"
            "  a='\xC3\xA9' b\n"
            "       ^");
}

TEST(Override, ErrorSaysWhatWouldBeRight) {
  EXPECT_NE(message_of("a=sorted(1)").find("Did you mean 'sort'?"), std::string::npos);
  EXPECT_NE(message_of("a=range(1,stp=2)").find("Did you mean 'stop'?"), std::string::npos);
  EXPECT_NE(message_of("epochs").find("epochs=VALUE"), std::string::npos);
  EXPECT_NE(message_of("a=b=c").find("quotes"), std::string::npos);
  EXPECT_NE(message_of("a=\xE2\x82\xAC").find("quotes"), std::string::npos);
  EXPECT_NE(message_of("a='x").find("never closed"), std::string::npos);
}

TEST(Override, BoundsDepthAndNumbers) {
  const std::string deep(64, '['), too_deep(100'000, '[');
  EXPECT_EQ(message_of("a=" + deep + std::string(64, ']')), "accepted");
  EXPECT_NE(message_of("a=" + too_deep).find("64 deep"), std::string::npos);
  std::string many_names = "a";
  for (int i = 0; i < 64; ++i) many_names += ".a";
  EXPECT_NE(message_of(many_names + "=1").find("64 names"), std::string::npos);
  EXPECT_NE(message_of(std::string(1000, 'a') + "=1").find("512 bytes"), std::string::npos);
  EXPECT_NE(message_of("a=9223372036854775808").find("64 bits"), std::string::npos);
  EXPECT_NE(message_of("a=range(0,1e9)").find("more than 10000 values"), std::string::npos);
  EXPECT_NE(message_of("a=range(0,1,1e-320)").find("more than 10000 values"), std::string::npos);
}

TEST(Override, BoundsWhatTheyHoldTogether) {
  const auto refusal = [](const std::vector<std::string>& lines) -> std::string {
    try {
      return "accepted: " + std::to_string(parse_overrides(lines).size());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return error.what();
    }
  };
  EXPECT_EQ(refusal(std::vector<std::string>(2000, "a=1")), "accepted: 2000");
  EXPECT_EQ(refusal(std::vector<std::string>(2001, "a=1")).substr(0, 21), "2001 overrides; 2000 ");
  const std::string text = "a=" + std::string(100'000, 'x');
  EXPECT_EQ(refusal({text, text}), "accepted: 2");
  EXPECT_NE(refusal({text, text, text}).find("larger than 256.0 KiB"), std::string::npos);
  std::string list = "a=[1";
  for (int i = 1; i < 9'000; ++i) list += ",1";
  EXPECT_EQ(refusal({list + "]", list + "]"}), "accepted: 2");
  EXPECT_NE(refusal({list + "]", list + "]", list + "]"}).find("more than 20000 values"), std::string::npos);
  EXPECT_NE(refusal({"a=range(10000)", "b=range(10000)", "c=range(10000)"}).find("more than 20000 values"),
            std::string::npos);
  EXPECT_NE(refusal({list + "," + list.substr(3) + "," + list.substr(3) + "]"}).find("at most 20000 values"),
            std::string::npos);
}

TEST(Override, LongLinesAreShownAroundTheCaret) {
  // Each of many elements of a long line knows its place, and none of them the whole line.
  std::string line = "a=[";
  for (int i = 0; i < 15'000; ++i) line += "1,";
  const Override many = parse_override(line + "{b: 2}]");
  const Source& last = many.value.as_list().back().find("b")->source();
  EXPECT_LT(last.where.size(), 1000u);
  EXPECT_EQ(last.where.substr(static_cast<size_t>(last.column) - 1), "2}]");

  const std::string message = message_of("a=" + std::string(100'000, 'x') + "#" + std::string(100'000, 'y'));
  EXPECT_LT(message.size(), 1000U);
  EXPECT_NE(message.find("xxx#yyy"), std::string::npos);
}

TEST(Override, CastsToJsonText) {
  EXPECT_EQ(parse_override("a=json_str({x:[1,true,null,1.5]})").value.as_string(),
            R"({"x": [1, true, null, 1.5]})");
  EXPECT_EQ(parse_override("a=json_str('\xC3\xA9\xF0\x9F\x98\x80\"\\n')").value.as_string(),
            R"("\u00e9\ud83d\ude00\"\\n")");
  EXPECT_EQ(parse_override("a=json_str(1,x)").sweep->values, (std::vector<std::string>{"1", "\"x\""}));
}

TEST(Override, ExtendsAList) {
  const Override override = parse_override("a.b=extend_list(1,[2],x)");
  EXPECT_TRUE(override.extends_list);
  EXPECT_EQ(override.value.as_list().size(), 3U);
  EXPECT_EQ(parse_override("a.b=" + override.value_text).value, override.value);
  EXPECT_NE(message_of("+a=extend_list(1)").find("without + or ~"), std::string::npos);
}

TEST(Override, SignKeyAndPackageAreWrittenBack) {
  for (const char* key : {"a.b", "+a", "++g/h@p.q", "~g@", "@p"})
    EXPECT_EQ(parse_override(std::string(key) + "=1").key_element(), key);
}

}  // namespace
}  // namespace retort::config
