// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "retort/core/error.h"

namespace retort::data {

/// What an Error says; the test fails where there is none, or one with another code.
template <class Action>
std::string error_of(ExitCode code, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos) << "more than one line";
    return error.what();
  }
  ADD_FAILURE() << "no Error";
  return "";
}

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "/retort_data.XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline void write(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

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

}  // namespace retort::data
