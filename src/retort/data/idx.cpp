// SPDX-License-Identifier: MIT
#include "retort/data/idx.h"

#include <fmt/format.h>

namespace retort::data {
namespace {

constexpr uint32_t kLabelsMagic = 0x00000801;  // unsigned bytes, one dimension
constexpr uint32_t kImagesMagic = 0x00000803;  // unsigned bytes, three dimensions
constexpr uint32_t kMaxCount = 1'000'000;
constexpr uint32_t kMaxSide = 4096;
constexpr uint64_t kMaxPixels = uint64_t{1} << 30;

uint32_t read_uint32(ByteSource& source, const char* what) {
  const auto bytes = source.read_exactly(4, what);
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

void expect_magic(ByteSource& source, uint32_t expected, const char* kind) {
  const uint32_t magic = read_uint32(source, "bytes of magic number");
  if (magic != expected)
    source.fail(fmt::format("not an IDX file of {}: expected magic number 0x{:08x}, found 0x{:08x}", kind,
                            expected, magic));
}

uint32_t read_count(ByteSource& source, const char* what, uint32_t most) {
  const uint32_t count = read_uint32(source, "bytes of header");
  if (count == 0 || count > most)
    source.fail(fmt::format("expected 1 to {} {}, found {}", most, what, count));
  return count;
}

}  // namespace

IdxImages read_idx_images(ByteSource& source) {
  expect_magic(source, kImagesMagic, "pictures");
  IdxImages images;
  images.count = read_count(source, "pictures", kMaxCount);
  images.rows = read_count(source, "rows", kMaxSide);
  images.columns = read_count(source, "columns", kMaxSide);
  const uint64_t pixels = static_cast<uint64_t>(images.count) * images.rows * images.columns;
  if (pixels > kMaxPixels)
    source.fail(fmt::format("expected at most {} pixels, found {} in the header", kMaxPixels, pixels));
  images.pixels = source.read_exactly(pixels, "bytes of pixels");
  source.expect_end();
  return images;
}

std::vector<int64_t> read_idx_labels(ByteSource& source, int64_t num_classes) {
  expect_magic(source, kLabelsMagic, "labels");
  const auto bytes = source.read_exactly(read_count(source, "labels", kMaxCount), "labels");
  source.expect_end();
  std::vector<int64_t> labels(bytes.begin(), bytes.end());
  for (size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= num_classes)
      source.fail(fmt::format("label {} of sample {}: expected 0 to {}", labels[i], i, num_classes - 1));
  return labels;
}

}  // namespace retort::data
