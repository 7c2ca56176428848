// SPDX-License-Identifier: MIT
#include "retort/models/dropout_kernel.h"

#include <algorithm>

#include "retort/core/random.h"
#include "retort/core/vectorised.h"

namespace retort::models {
namespace {

constexpr int64_t kCounters = DropoutMask::kBlock / 4;

// philox4x32() of the counters {i, block, block's high bits, 0}: words[part * kCounters + i]. All counters'
// parts lie side by side, so that the compiler makes vectors of them.
RETORT_INLINE void draw(std::array<uint32_t, 2> key, uint64_t block, uint32_t (&words)[DropoutMask::kBlock]) {
  uint32_t* const part0 = words;
  uint32_t* const part1 = words + kCounters;
  uint32_t* const part2 = words + 2 * kCounters;
  uint32_t* const part3 = words + 3 * kCounters;
  for (uint32_t i = 0; i < kCounters; ++i) {
    part0[i] = i;
    part1[i] = static_cast<uint32_t>(block);
    part2[i] = static_cast<uint32_t>(block >> 32);
    part3[i] = 0;
  }
  uint32_t key0 = key[0], key1 = key[1];
  for (int round = 0; round < 10; ++round) {
#pragma omp simd
    for (int64_t i = 0; i < kCounters; ++i) {
      const uint64_t low = uint64_t{0xD2511F53} * part0[i];
      const uint64_t high = uint64_t{0xCD9E8D57} * part2[i];
      part0[i] = static_cast<uint32_t>(high >> 32) ^ part1[i] ^ key0;
      part1[i] = static_cast<uint32_t>(high);
      part2[i] = static_cast<uint32_t>(low >> 32) ^ part3[i] ^ key1;
      part3[i] = static_cast<uint32_t>(low);
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
}

template <class Value>
RETORT_INLINE void write_mask(const DropoutMask& mask, Value* values, int64_t first, int64_t count,
                              Value kept) {
  uint32_t words[DropoutMask::kBlock];
  for (int64_t start = 0; start < count; start += DropoutMask::kBlock) {
    draw(mask.key, static_cast<uint64_t>((first + start) / DropoutMask::kBlock), words);
    Value* const out = values + start;
    const int64_t size = std::min(count - start, DropoutMask::kBlock);
#pragma omp simd
    for (int64_t i = 0; i < size; ++i) out[i] = words[i] < mask.threshold ? kept : Value{0};
  }
}

}  // namespace

RETORT_VECTORISED void DropoutMask::write(float* mask, int64_t first, int64_t count, float kept) const {
  write_mask(*this, mask, first, count, kept);
}

RETORT_VECTORISED void DropoutMask::write(uint16_t* mask, int64_t first, int64_t count, uint16_t kept) const {
  write_mask(*this, mask, first, count, kept);
}

}  // namespace retort::models
