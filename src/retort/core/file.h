// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "retort/core/error.h"

namespace retort {

/// Writes a file so that whoever opens its path, at any moment and after any crash, finds the old content or
/// all of the new: a temporary file in the same folder, fsync, rename, fsync of the folder. Every byte we
/// leave on disk goes through this, logs excepted. An uncommitted file vanishes with the object.
///
///     AtomicFile file("model.safetensors");
///     file.write(header);
///     file.write(tensor);
///     file.commit();  // durable when it returns
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// A full disk or a refused write is an Error (resources) that names path, need and cause.
  void write(std::span<const std::byte> bytes);
  void commit();
  /// SHA-256 of what was written so far, in hex, and its size in bytes.
  std::string sha256() const;
  uint64_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The whole of a regular file of at most max_bytes; an Error with `code` that names the path otherwise.
std::string read_file(const std::filesystem::path& path, uint64_t max_bytes, ExitCode code);

}  // namespace retort
