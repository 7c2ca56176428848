// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "retort/data/byte_source.h"

namespace retort::data {

/// A regular file in a tar archive.
struct TarMember {
  std::string name{};  // as written, "./" at its front taken off; never absolute, without ".."
  uint64_t size = 0;   // bytes
};

/// Walks a tar archive (POSIX ustar, GNU's variant) from front to back. Nothing is extracted: the caller
/// compares names with those it knows and reads content. Links, devices, sparse files, long names, names that
/// leave the archive's folder, pax records that rename or resize, wrong checksums and a missing end are
/// refused.
///
///     TarReader tar(source);
///     while (auto member = tar.next())
///       if (member->name == "batches/train.bin") use(tar.content());
class TarReader {
 public:
  /// `source` must outlive this.
  explicit TarReader(ByteSource& source);
  ~TarReader();

  /// The next regular file, past what is left of the one before; nothing after the archive's end, which is
  /// checked to the last byte.
  std::optional<TarMember> next();
  /// The content of the member that next() gave last; it ends with the member.
  ByteSource& content();

 private:
  class Content;
  using Header = std::array<uint8_t, 512>;

  bool read_header(Header& header);
  void skip_content();
  void check_pax_records();

  ByteSource& source_;
  std::unique_ptr<Content> content_;
  uint64_t padding_ = 0;  // bytes between the content's end and the next header
};

}  // namespace retort::data
