// SPDX-License-Identifier: MIT
#include "retort/data/gzip.h"

#include "support.h"

namespace retort::data {
namespace {

std::string unpacked(std::string_view packed, uint64_t max_bytes = 1 << 20, size_t step = 1000) {
  MemorySource source("a.gz", bytes_of(packed));
  GzipSource gzip(source, max_bytes);
  std::string result;
  std::vector<uint8_t> part(step);
  while (const size_t count = gzip.read(part))
    result.append(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
  return result;
}

std::string pseudo_text(size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * i) % 23);
  return text;
}

TEST(GzipSource, GivesWhatZlibPackedForAnySizeOfSteps) {
  const std::string text = pseudo_text(200'000);
  for (const size_t step : {1u, 7u, 4096u, 300'000u}) EXPECT_EQ(unpacked(gzipped(text), 1 << 20, step), text);
  EXPECT_EQ(unpacked(gzipped("")), "");
}

TEST(GzipSource, RefusesEveryTruncation) {
  const std::string packed = gzipped(pseudo_text(3000));
  for (size_t length = 0; length < packed.size(); ++length)
    EXPECT_THROW(unpacked(packed.substr(0, length)), Error) << length;
}

TEST(GzipSource, NoFlippedBitChangesWhatIsRead) {
  constexpr size_t kHeader = 10;  // whose time, system and level may be anything
  const std::string text = pseudo_text(300);
  const std::string packed = gzipped(text);
  size_t refused = 0;
  for (size_t bit = kHeader * 8; bit < packed.size() * 8; ++bit) {
    std::string damaged = packed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      EXPECT_EQ(unpacked(damaged), text) << bit;  // the bits that fill the stream's last byte mean nothing
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GE(refused, (packed.size() - kHeader) * 8 - 7);
}

TEST(GzipSource, StopsAtItsCapHoweverSmallTheFile) {
  const std::string bomb = gzipped(std::string(50'000'000, '\0'));
  ASSERT_LT(bomb.size(), 300'000u);
  const auto message =
      error_of(ExitCode::data, [&] { unpacked(bomb, /*max_bytes=*/1 << 20, /*step=*/1 << 16); });
  EXPECT_EQ(message, "a.gz: unpacks to more than the 1.0 MiB expected at most");
  EXPECT_EQ(unpacked(gzipped(std::string(100, 'x')), /*max_bytes=*/100), std::string(100, 'x'));
  EXPECT_THROW(unpacked(gzipped(std::string(100, 'x')), /*max_bytes=*/99), Error);
}

TEST(GzipSource, RefusesWhatFollowsTheStream) {
  EXPECT_THROW(unpacked(gzipped("one") + gzipped("two")), Error);
  EXPECT_THROW(unpacked(gzipped("one") + std::string(1, '\0')), Error);
  EXPECT_THROW(unpacked(gzipped("one") + std::string(1 << 17, '\0')), Error);
}

TEST(GzipSource, RefusesZlibAndPlainText) {
  EXPECT_THROW(unpacked("\x78\x9c\x03\x00\x00\x00\x00\x01"), Error);
  EXPECT_THROW(unpacked("hello"), Error);
}

}  // namespace
}  // namespace retort::data
