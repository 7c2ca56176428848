// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace retort::tracking {

/// A PNG file (ISO/IEC 15948) of 8-bit pixels, [channels, height, width] as data sets keep them: one channel
/// is grey, three are red, green and blue.
std::string encode_png(std::span<const uint8_t> pixels, int64_t channels, int64_t height, int64_t width);

}  // namespace retort::tracking
