// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "retort/core/error.h"

namespace retort {

/// A regular file, opened for reading at any position. It is copied into our memory and never mapped: another
/// program that cuts a mapped file short kills its readers. Whatever goes wrong is an Error with `code` that
/// names the path.
class InputFile {
 public:
  /// A link is followed; a folder, a pipe or a device is refused, without waiting for it.
  InputFile(const std::filesystem::path& path, ExitCode code);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  uint64_t size() const { return size_; }  // bytes, when it was opened
  /// Fills all of `bytes` from the offset on. May be called from several threads at once.
  void read(uint64_t offset, std::span<std::byte> bytes) const;

 private:
  std::filesystem::path path_;
  ExitCode code_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

}  // namespace retort
