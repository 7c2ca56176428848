// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

namespace retort::models {

/// What a dropout mask is made of: a pure function of `key` and a number's index, so it depends on no thread.
struct DropoutMask {
  std::array<uint32_t, 2> key;  // of philox4x32()
  uint32_t threshold;           // random words below it keep their number

  /// Numbers are written in blocks of as many: a caller's parts of a mask begin at one.
  static constexpr int64_t kBlock = 1024;

  /// mask[0, count) become those of indices [first, first + count): `kept`, or 0.
  void write(float* mask, int64_t first, int64_t count, float kept) const;
  void write(uint16_t* mask, int64_t first, int64_t count, uint16_t kept) const;  // bfloat16's bits
};

}  // namespace retort::models
