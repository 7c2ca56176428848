// SPDX-License-Identifier: MIT
#include "retort/data/idx.h"

#include "support.h"

namespace retort::data {
namespace {

std::string big_endian(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string images_file(uint32_t count, uint32_t rows, uint32_t columns, const std::string& pixels) {
  return big_endian(0x803) + big_endian(count) + big_endian(rows) + big_endian(columns) + pixels;
}

IdxImages images_of(std::string_view file) {
  MemorySource source("images", bytes_of(file));
  return read_idx_images(source);
}

std::vector<int64_t> labels_of(std::string_view file) {
  MemorySource source("labels", bytes_of(file));
  return read_idx_labels(source, /*num_classes=*/10);
}

TEST(Idx, ReadsPicturesAndLabels) {
  const IdxImages images = images_of(images_file(2, 3, 1, "abcdef"));
  EXPECT_EQ(images.count, 2);
  EXPECT_EQ(images.rows, 3);
  EXPECT_EQ(images.columns, 1);
  EXPECT_EQ(images.pixels, (std::vector<uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
  EXPECT_EQ(labels_of(big_endian(0x801) + big_endian(3) + std::string("\0\x09\x05", 3)),
            (std::vector<int64_t>{0, 9, 5}));
}

TEST(Idx, RefusesEveryTruncationAndEveryTail) {
  const std::string images = images_file(2, 3, 1, "abcdef");
  for (size_t length = 0; length < images.size(); ++length)
    EXPECT_THROW(images_of(images.substr(0, length)), Error);
  EXPECT_THROW(images_of(images + "x"), Error);
  EXPECT_EQ(error_of(ExitCode::data, [&] { images_of(images.substr(0, 20)); }),
            "images: expected 6 bytes of pixels, found 4");
}

TEST(Idx, RefusesAnotherKindOfFile) {
  EXPECT_EQ(error_of(ExitCode::data, [&] { images_of(big_endian(0x801) + big_endian(3) + "abc"); }),
            "images: not an IDX file of pictures: expected magic number 0x00000803, found 0x00000801");
  EXPECT_THROW(labels_of(images_file(2, 3, 1, "abcdef")), Error);
  EXPECT_THROW(images_of(images_file(2, 3, 1, "abcdef").replace(2, 1, "\x0d")), Error);  // floats
}

TEST(Idx, PromisesOfMuchCostNothing) {
  EXPECT_THROW(images_of(images_file(0xFFFFFFFF, 1, 1, "")), Error);
  EXPECT_THROW(images_of(images_file(1'000'000, 4096, 4096, "")), Error);
  EXPECT_THROW(images_of(images_file(1'000'000, 32, 32, "short")), Error);
  EXPECT_THROW(images_of(images_file(0, 28, 28, "")), Error);
  EXPECT_THROW(images_of(images_file(1, 0, 28, "")), Error);
}

TEST(Idx, NamesTheLabelThatIsNone) {
  EXPECT_EQ(error_of(ExitCode::data, [&] { labels_of(big_endian(0x801) + big_endian(2) + "\x01\x0a"); }),
            "labels: label 10 of sample 1: expected 0 to 9");
}

}  // namespace
}  // namespace retort::data
