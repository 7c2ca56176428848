// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace retort::data {

/// What has arrived of a download: TARGET.part, and beside it TARGET.part.origin, which says of what: the URL
/// and the validator (ETag or Last-Modified) that the server gave. Bytes are appended as they come, so a
/// broken transfer costs nothing; no reader ever sees them under the target's name before commit().
class PartFile {
 public:
  /// Opens what an earlier transfer left, or an empty one. Error (resources) where that cannot be.
  explicit PartFile(const std::filesystem::path& target);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  uint64_t size() const { return size_; }
  /// The validator of what is here, when it came from this URL; else the empty string.
  std::string validator_for(const std::string& url) const;

  /// Empties it: what follows comes from this URL. An empty validator says that it cannot be continued.
  void restart(const std::string& url, const std::string& validator);
  void append(std::span<const std::byte> bytes);
  /// Makes it durable and gives it the target's name.
  void commit();
  void discard();

 private:
  std::filesystem::path target_, path_, origin_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

}  // namespace retort::data
