// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "retort/data/byte_source.h"

namespace retort::data {

/// Pictures of one IDX file: the format of http://yann.lecun.com/exdb/mnist.
struct IdxImages {
  int64_t count = 0, rows = 0, columns = 0;
  std::vector<uint8_t> pixels;  // [count, rows, columns]
};

/// Reads big-endian 0x00000803, count, rows, columns, then the pixels, and nothing behind them. At most
/// 1,000,000 pictures of at most 4096 x 4096 pixels, 1 GiB in all.
IdxImages read_idx_images(ByteSource& source);

/// Reads big-endian 0x00000801, count, then a byte a label, each below num_classes.
std::vector<int64_t> read_idx_labels(ByteSource& source, int64_t num_classes);

}  // namespace retort::data
