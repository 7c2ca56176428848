// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "retort/checkpoint/byte_range.h"

namespace retort::checkpoint {

/// A file in an archive.
struct ZipEntry {
  std::string name;           // "archive/data/0"
  uint64_t header_begin = 0;  // of its local header
  uint64_t data_begin = 0, data_bytes = 0;
  uint64_t bytes = 0;  // unpacked
  uint32_t crc32 = 0;
  uint16_t flags = 0, method = 0;
};

/// A zip archive from a stranger (docs/formats.md), strictly: every byte belongs to one entry, the central
/// directory or the end; directory and local headers agree; entries do not overlap, no name stands there
/// twice, nothing is encrypted; together they unpack to little more than the file holds. An Error
/// (checkpoint) otherwise. Nothing is unpacked before all of that is known, and nothing is ever written.
class ZipArchive {
 public:
  /// Reads the directory and each local header. What `bytes` reads from must outlive the archive.
  explicit ZipArchive(ByteRange bytes);

  const std::vector<ZipEntry>& entries() const { return entries_; }  // in the order of their bytes
  const ZipEntry* find(const std::string& name) const;               // or nullptr
  /// The content, whose CRC-32 agrees.
  std::vector<std::byte> read(const ZipEntry& entry) const;
  const std::string& name() const { return bytes_.name; }

 private:
  ByteRange bytes_;
  std::vector<ZipEntry> entries_;
};

}  // namespace retort::checkpoint
