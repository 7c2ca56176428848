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
///
/// A full disk, a quota, a limit, a missing folder, a missing permission: an Error (resources) that names the
/// path and the cause, and for want of room what is needed and what is there.
class AtomicFile {
 public:
  /// The folder must exist. What stands at the path may only be a regular file: a link is not followed and
  /// not replaced. Where `expected_bytes` is given, the room is reserved at once, so that a full disk shows
  /// before the work.
  explicit AtomicFile(const std::filesystem::path& path, uint64_t expected_bytes = 0);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  /// Call once. Where it throws, the path holds its old content, or, should the folder's fsync alone have
  /// failed, the new.
  void commit();
  /// SHA-256 of what was written so far, in hex, and its size in bytes.
  std::string sha256() const;
  uint64_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Makes `link` a symbolic link to `target`, in one step where it was a link to another.
void replace_link(const std::filesystem::path& link, const std::filesystem::path& target);

/// The folder and those above it, made where missing, and durable.
void make_folders(const std::filesystem::path& folder);

/// Makes what was created, renamed or deleted in the folder durable.
void sync_folder(const std::filesystem::path& folder);

/// A fresh name for what is not finished yet, as AtomicFile uses for its temporary files, and whether a name
/// is such: in a folder that nobody writes to, what bears one was left by a killed process.
std::string temporary_name();
bool is_temporary_name(std::string_view name);

/// The whole of a regular file of at most max_bytes; an Error with `code` that names the path otherwise.
std::string read_file(const std::filesystem::path& path, uint64_t max_bytes, ExitCode code);

}  // namespace retort
