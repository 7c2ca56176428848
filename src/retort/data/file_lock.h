// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <filesystem>

namespace retort::data {

/// Held by one process at a time; the system lets go of it when its holder dies. Others wait.
class FileLock {
 public:
  /// Waits until the lock is free, saying so once on stderr; makes the file where it is absent. Error
  /// (resources) where it cannot, Error (interrupted) when *stop is set meanwhile.
  FileLock(const std::filesystem::path& path, const std::atomic<bool>& stop);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace retort::data
