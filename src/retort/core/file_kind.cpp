// SPDX-License-Identifier: MIT
#include "retort/core/file_kind.h"

#include <algorithm>
#include <cctype>

namespace retort {
namespace {

using namespace std::string_view_literals;

struct Kind {
  std::string_view start, description;
};

constexpr Kind kKinds[] = {
    {"PK\x03\x04"sv, "a zip archive, such as PyTorch's own .pt and .ckpt files (pickle)"},
    {"\x80\x02"sv, "a Python pickle, such as PyTorch's old .pt and .pth files"},
    {"\x80\x03"sv, "a Python pickle"},
    {"\x80\x04"sv, "a Python pickle"},
    {"\x80\x05"sv, "a Python pickle"},
    {"version https://git-lfs"sv, "a Git LFS pointer; 'git lfs pull' fetches the file that it stands for"},
    {"\x1f\x8b"sv, "a gzip archive"},
    {"\x89HDF\r\n"sv, "an HDF5 file, such as Keras writes"},
    {"\x93NUMPY"sv, "a NumPy array"},
    {"GGUF"sv, "a GGUF file"},
    {"\x7f"
     "ELF"sv,
     "a program"},
    {"<"sv, "a web page (HTML), perhaps of a failed download"},
};

}  // namespace

std::string_view file_kind(std::string_view start) {
  if (start.empty()) return "an empty file";
  for (const Kind& kind : kKinds)
    if (start.starts_with(kind.start)) return kind.description;
  const bool is_text = std::all_of(start.begin(), start.end(), [](unsigned char byte) {
    return (byte >= 0x20 && byte < 0x7F) || std::isspace(byte) != 0;
  });
  return is_text ? "a text file" : "";
}

}  // namespace retort
