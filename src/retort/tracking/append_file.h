// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace retort::tracking {

/// A log that grows at its end. Bytes are handed to the system at once, so that they survive the process;
/// what a full disk does not take waits in memory for the next call. The folder must exist; links are not
/// followed.
class AppendFile {
 public:
  /// Opens or makes the file and cuts it to its first `keep_bytes`.
  AppendFile(std::filesystem::path path, uint64_t keep_bytes);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// With the bytes that wait.
  uint64_t size() const { return written_ + waiting_.size(); }
  void append(std::string_view bytes);
  /// Takes back everything after the first `keep_bytes`.
  void cut_back(uint64_t keep_bytes);
  /// An Error (resources) when bytes still wait.
  void flush();

 private:
  void write_waiting();

  std::filesystem::path path_;
  int descriptor_ = -1;
  uint64_t written_ = 0;
  std::string waiting_;
  int error_ = 0;  // why the last write took too little
};

}  // namespace retort::tracking
