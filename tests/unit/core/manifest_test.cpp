// SPDX-License-Identifier: MIT
#include "retort/core/manifest.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/core/sha256.h"

namespace retort {
namespace {

const std::string kHash = sha256_of("abc");

Manifest example() {
  return {1234,
          {{"model.safetensors", {1000, kHash}}, {"optimizer.safetensors", {2000, kHash}}},
          {{"torch", "2.13.0"}},
          R"({"epoch":3,"best":{"accuracy":0.1},"name":"Übung"})"};
}

std::string refusal(const std::string& text) {
  try {
    parse_manifest(text, "manifest.json");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    return error.what();
  }
}

// The text with one part replaced and a right hash of its own: what an attacker, or a later version, writes.
std::string forged(std::string text, const std::string& from, const std::string& to) {
  const size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  text.replace(place, from.size(), to);
  const size_t digits = text.find("\"sha256\": \"") + 11;
  text.replace(digits, 64, std::string(64, '0'));
  return text.replace(digits, 64, sha256_of(text));
}

TEST(Manifest, ReadsBackAsItWas) {
  const Manifest manifest = parse_manifest(to_json(example()), "manifest.json");
  EXPECT_EQ(manifest.step, 1234);
  ASSERT_EQ(manifest.files.size(), 2u);
  EXPECT_EQ(manifest.files.at("optimizer.safetensors").bytes, 2000u);
  EXPECT_EQ(manifest.files.at("optimizer.safetensors").sha256, kHash);
  EXPECT_EQ(manifest.libraries.at("torch"), "2.13.0");
  EXPECT_EQ(manifest.state, R"({"best":{"accuracy":0.1},"epoch":3,"name":"Übung"})");
}

TEST(Manifest, AnyChangedBitOfAnyByteShows) {
  const std::string text = to_json(example());
  for (size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      ASSERT_NE(refusal(changed), "") << "bit " << bit << " of byte " << i;
    }
  }
}

TEST(Manifest, AnyCutAndAnyByteMoreShows) {
  const std::string text = to_json(example());
  for (size_t size = 0; size < text.size(); ++size) ASSERT_NE(refusal(text.substr(0, size)), "") << size;
  for (const char* more : {" ", "\n", "x"}) EXPECT_NE(refusal(text + more), "");
}

TEST(Manifest, ALaterFormatIsToldFromADamagedOne) {
  const std::string later = forged(to_json(example()), R"("format_version": 1)", R"("format_version": 2)");
  EXPECT_EQ(refusal(later),
            "manifest.json has format version 2 and this program reads 1: use a later retort");
  EXPECT_NE(refusal("{}").find("does not match its own SHA-256"), std::string::npos);
}

TEST(Manifest, ARightHashDoesNotMakeWrongContentRight) {
  const std::string text = to_json(example());
  const std::pair<std::string, std::string> forgeries[] = {
      {R"("model.safetensors")", R"("../model.safetensors")"},
      {R"("model.safetensors")", R"("/etc/passwd")"},
      {R"("model.safetensors")", R"(".hidden")"},
      {R"("model.safetensors")", R"("")"},
      {R"("model.safetensors")", R"("optimizer.safetensors")"},
      {R"("step": 1234)", R"("step": -1)"},
      {R"("step": 1234)", R"("step": 1.5)"},
      {R"("step": 1234)", R"("step": "1234")"},
      {R"("step": 1234)", R"("step": 9223372036854775808)"},
      {R"("step": 1234)", R"("step": 1234, "extra": 1)"},
      {R"("bytes": 1000)", R"("bytes": -1000)"},
      {R"("bytes": 1000)", R"("bytes": 1000, "extra": 1)"},
      {R"("torch": "2.13.0")", R"("torch": 2)"},
      {R"("state": {)", R"("State": {)"},
      {"\"sha256\": \"" + kHash, "\"sha256\": \"" + kHash.substr(1)},
      {"\"sha256\": \"" + kHash, "\"sha256\": \"X" + kHash.substr(1)},
  };
  for (const auto& [from, to] : forgeries) {
    const std::string message = refusal(forged(text, from, to));
    EXPECT_NE(message, "") << to;
    EXPECT_EQ(message.find("SHA-256"), std::string::npos) << message;  // refused for what it says
  }
}

TEST(Manifest, IsNotWrittenWhereItCouldNotBeRead) {
  Manifest manifest = example();
  manifest.state = "[]";
  EXPECT_THROW(to_json(manifest), Error);
  manifest = example();
  manifest.files["../x"] = {1, kHash};
  EXPECT_THROW(to_json(manifest), Error);
}

}  // namespace
}  // namespace retort
