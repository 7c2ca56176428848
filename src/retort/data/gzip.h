// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "retort/data/byte_source.h"

namespace retort::data {

/// What a gzip file (RFC 1952) holds, inflated as it is read. Strict: one member, its checksum and length
/// right, nothing behind it. A stream that unpacks to more than max_bytes is refused at that byte, however
/// small it is.
class GzipSource : public ByteSource {
 public:
  /// `compressed` must outlive this.
  GzipSource(ByteSource& compressed, uint64_t max_bytes);
  ~GzipSource() override;
  size_t read(std::span<uint8_t> bytes) override;

 private:
  struct Inflater;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace retort::data
