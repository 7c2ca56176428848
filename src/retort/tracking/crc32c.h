// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace retort::tracking {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4).
uint32_t crc32c(std::string_view bytes);

}  // namespace retort::tracking
