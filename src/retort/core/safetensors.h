// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

// The safetensors format (docs/formats.md): eight bytes that give the header's length, a header in JSON that
// says where each tensor lies, then the tensors' bytes. This is its header, read and written; it knows no
// tensor library.

/// Element types, in the order in which their tensors lie in a file, from back to front.
enum class Dtype { boolean, u8, i8, f8_e5m2, f8_e4m3, i16, u16, f16, bf16, i32, u32, f32, f64, i64, u64 };

std::string_view dtype_name(Dtype dtype);  // as in the file: "F32"
uint64_t dtype_bytes(Dtype dtype);         // of one element

/// Where a tensor lies.
struct SafetensorsEntry {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<int64_t> shape;   // row-major; empty for a scalar
  uint64_t begin = 0, end = 0;  // its bytes, counted from the end of the header
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<SafetensorsEntry> tensors;  // in the order of their bytes
};

/// The bytes in front of the header.
constexpr uint64_t kSafetensorsPrefixBytes = 8;
/// As much of a file's start as safetensors_header_bytes() can use.
constexpr uint64_t kSafetensorsSniffBytes = 64;

/// Length of the header in a file that starts like this: at most 16 MiB and wholly inside the file. Anything
/// else is an Error (checkpoint) that names `file` and, where it can be recognised, what the file is instead.
uint64_t safetensors_header_bytes(std::string_view start, uint64_t file_bytes, const std::string& file);

/// The header of a file whose tensors take `data_bytes`. Strict, for the file may come from a stranger: known
/// dtypes, no name twice, at most 65536 tensors of at most 8 dimensions, shapes that agree with the bytes,
/// and bytes that follow each other without gap, overlap or rest. An Error (checkpoint) otherwise. Memory
/// used is a small multiple of the header.
SafetensorsHeader parse_safetensors_header(std::string_view json, uint64_t data_bytes,
                                           const std::string& file);

/// Puts the tensors in the order of the format's own Python writer, gives each its place, and returns the
/// file's first bytes, prefix and header. What parse_safetensors_header() would refuse is refused here too.
std::string lay_out_safetensors(SafetensorsHeader& header, const std::string& file);

}  // namespace retort
