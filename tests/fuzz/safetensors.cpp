// SPDX-License-Identifier: MIT
#include "retort/core/safetensors.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "driver.h"
#include "pieces.h"
#include "retort/core/error.h"

namespace {

constexpr std::string_view kPieces[] = {
    R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})",
    R"("b":{"dtype":"I64","shape":[1,0],"data_offsets":[8,8]})",
    R"("dtype":)",
    R"("shape":)",
    R"("data_offsets":)",
    R"("__metadata__":)",
    R"("BOOL")",
    R"("F8_E4M3")",
    R"("F64")",
    R"("a")",
    R"("\u0061")",
    R"("\ud800")",
    "[0,8]",
    "[8,16]",
    "[4294967296,4294967296]",
    "9223372036854775807",
    "18446744073709551616",
    "0",
    "1",
    "-1",
    "1.0",
    "1e400",
    "null",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    " ",
    "\xC3\xA9",
    "\xFF",
    std::string_view("\0", 1),
    std::string_view("\x40\0\0\0\0\0\0\0{", 9),
};

void expect(bool is_right) {
  if (!is_right) std::abort();
}

// What every user of an accepted header relies on: the tensors fill the data, one after the other.
void check(const retort::SafetensorsHeader& header, uint64_t data_bytes) {
  uint64_t end = 0;
  for (const retort::SafetensorsEntry& tensor : header.tensors) {
    uint64_t bytes = retort::dtype_bytes(tensor.dtype);
    for (const int64_t size : tensor.shape) bytes *= static_cast<uint64_t>(size);
    expect(tensor.begin == end && tensor.end - tensor.begin == bytes);
    end = tensor.end;
  }
  expect(end == data_bytes);
}

}  // namespace

// Headers alone, and whole files.
std::vector<std::string> fuzz_seeds() {
  std::vector<std::string> seeds = inputs_from_pieces(kPieces);
  retort::SafetensorsHeader header{{{"format", "pt"}}, {}};
  for (const retort::Dtype dtype : {retort::Dtype::f32, retort::Dtype::boolean, retort::Dtype::i64}) {
    header.tensors.push_back({"t" + std::to_string(header.tensors.size()), dtype, {2, 3}, 0, 0});
    const std::string start = retort::lay_out_safetensors(header, "f");
    const std::string file = start + std::string(header.tensors.back().end, '\1');
    seeds.insert(seeds.end(), 1000, file);
    seeds.insert(seeds.end(), 1000, start.substr(retort::kSafetensorsPrefixBytes));
  }
  return seeds;
}

// The input is taken for a whole file, and for a header alone with data of several sizes. An accepted header
// must come out the same when it is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    const uint64_t header_bytes =
        retort::safetensors_header_bytes(input.substr(0, retort::kSafetensorsSniffBytes), size, "f");
    const std::string_view rest = input.substr(retort::kSafetensorsPrefixBytes);
    const uint64_t data_bytes = rest.size() - header_bytes;
    check(retort::parse_safetensors_header(rest.substr(0, header_bytes), data_bytes, "f"), data_bytes);
  } catch (const retort::Error&) {
  }
  for (const uint64_t data_bytes : {0, 1, 8, 24, 78}) {
    try {
      retort::SafetensorsHeader header = retort::parse_safetensors_header(input, data_bytes, "f");
      check(header, data_bytes);
      const std::string start = retort::lay_out_safetensors(header, "f");
      const auto text = std::string_view(start).substr(retort::kSafetensorsPrefixBytes);
      const retort::SafetensorsHeader again = retort::parse_safetensors_header(text, data_bytes, "f");
      expect(again.metadata == header.metadata && again.tensors.size() == header.tensors.size());
    } catch (const retort::Error&) {
    }
  }
  return 0;
}
