// SPDX-License-Identifier: MIT
#include "retort/core/manifest.h"

#include <cstdlib>

#include "driver.h"
#include "pieces.h"
#include "retort/core/error.h"
#include "retort/core/sha256.h"

namespace {

constexpr std::string_view kStart = "{\n  \"sha256\": \"";
constexpr size_t kDigits = 64;

constexpr std::string_view kPieces[] = {
    R"(, "format_version": 1, "step": 7, "files": {}, "libraries": {}, "state": {}})",
    R"(, "format_version": 1, "step": 7, "files": {"model.safetensors": {"bytes": 8, "sha256": ")"
    R"(ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}, "libraries": {"torch": "2"}, "state": {"a": [1.5]}})",
    R"(, "format_version": 1)",
    R"(, "format_version": 2)",
    R"(, "step": )",
    R"(, "files": )",
    R"(, "libraries": )",
    R"(, "state": )",
    R"(, "sha256": )",
    R"("../x")",
    R"("a": 1)",
    R"("")",
    "18446744073709551615",
    "-1",
    "1e308",
    "1e309",
    "null",
    "true",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\u0000",
    "\xFF",
    std::string_view("\0", 1),
};

void read(const std::string& text) {
  try {
    const retort::Manifest manifest = retort::parse_manifest(text, "f");
    if (manifest.step < 0) std::abort();
    for (const auto& [name, digest] : manifest.files)
      if (name.find('/') != std::string::npos || digest.sha256.size() != kDigits) std::abort();
    // What is accepted reads the same when it is written again.
    const retort::Manifest again = retort::parse_manifest(retort::to_json(manifest), "f");
    if (again.step != manifest.step || again.state != manifest.state) std::abort();
  } catch (const retort::Error&) {
  }
}

}  // namespace

std::vector<std::string> fuzz_seeds() { return inputs_from_pieces(kPieces); }

// The input as it is, which its hash does not fit, and as the rest of a text with a right hash, which reaches
// the reader.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  read(input);
  std::string text = std::string(kStart) + std::string(kDigits, '0') + "\"" + input;
  text.replace(kStart.size(), kDigits, retort::sha256_of(text));
  read(text);
  return 0;
}
