// SPDX-License-Identifier: MIT
// Archives as a server might send them, whole or wrong in a field.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <zlib.h>

namespace retort {

inline std::string gzipped(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// A member of a tar archive, with a field or two to be wrong in.
struct TarEntry {
  std::string name{};
  std::string content{};
  char type = '0';
  std::string link = {};
  std::string size_field = {};  // instead of the content's size
  std::string prefix = {};
  std::string magic = std::string("ustar\00000", 8);
};

inline std::string tar_member(const TarEntry& entry) {
  std::string header(512, '\0');
  const auto put = [&](size_t offset, std::string_view text) {
    std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(offset));
  };
  char number[32];
  std::snprintf(number, sizeof number, "%011zo", entry.content.size());
  put(0, entry.name);
  put(100, "0000644");
  put(124, entry.size_field.empty() ? std::string(number) : entry.size_field);
  put(156, std::string(1, entry.type));
  put(157, entry.link);
  put(257, entry.magic);
  put(345, entry.prefix);
  put(148, "        ");
  unsigned sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  std::snprintf(number, sizeof number, "%06o", sum);
  put(148, std::string(number, 7));
  const size_t padding = (512 - entry.content.size() % 512) % 512;
  return header + entry.content + std::string(padding, '\0');
}

inline const std::string kTarEnd(1024, '\0');

}  // namespace retort
