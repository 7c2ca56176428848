// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace retort::checkpoint {

/// Bytes that can be read from any place on: a file's, or some in memory.
struct ByteRange {
  std::string name;  // for messages
  uint64_t size = 0;
  /// Fills all of `bytes`, which lie inside the range.
  std::function<void(uint64_t offset, std::span<std::byte> bytes)> read;
};

}  // namespace retort::checkpoint
