// SPDX-License-Identifier: MIT
#include "retort/tracking/png.h"

#include <stdexcept>
#include <string_view>

#include <zlib.h>

namespace retort::tracking {
namespace {

void append_big_endian(std::string& text, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFF);
}

uint32_t crc32_of(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

void append_chunk(std::string& file, std::string_view type, std::string_view data) {
  append_big_endian(file, static_cast<uint32_t>(data.size()));
  const size_t start = file.size();
  file += type;
  file += data;
  append_big_endian(file, crc32_of(std::string_view(file).substr(start)));
}

// Rows from top to bottom, each behind a byte that names its filter: none.
std::string scanlines(std::span<const uint8_t> pixels, int64_t channels, int64_t height, int64_t width) {
  std::string rows;
  for (int64_t y = 0; y < height; ++y) {
    rows += '\0';
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < channels; ++c)
        rows += static_cast<char>(pixels[static_cast<size_t>((c * height + y) * width + x)]);
  }
  return rows;
}

std::string deflate_all(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string compressed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(compressed.data()), &size,
               reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()) != Z_OK)
    throw std::runtime_error("zlib could not compress");
  compressed.resize(size);
  return compressed;
}

}  // namespace

std::string encode_png(std::span<const uint8_t> pixels, int64_t channels, int64_t height, int64_t width) {
  if ((channels != 1 && channels != 3) || static_cast<int64_t>(pixels.size()) != channels * height * width)
    throw std::invalid_argument("a picture has one or three channels, and as many pixels as its shape says");
  constexpr char kGrey = 0, kRgb = 2;
  std::string header;
  append_big_endian(header, static_cast<uint32_t>(width));
  append_big_endian(header, static_cast<uint32_t>(height));
  header += {/*bit depth*/ 8, channels == 1 ? kGrey : kRgb, /*compression*/ 0, /*filter*/ 0, /*interlace*/ 0};
  std::string file("\x89PNG\r\n\x1a\n", 8);
  append_chunk(file, "IHDR", header);
  append_chunk(file, "IDAT", deflate_all(scanlines(pixels, channels, height, width)));
  append_chunk(file, "IEND", {});
  return file;
}

}  // namespace retort::tracking
