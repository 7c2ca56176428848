// SPDX-License-Identifier: MIT
#include "retort/data/gzip.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include <fmt/format.h>
#include <zlib.h>

#include "retort/core/text.h"

namespace retort::data {

struct GzipSource::Inflater {
  Inflater(ByteSource& source, uint64_t max_bytes) : compressed(source), bytes_allowed(max_bytes) {
    constexpr int kLargestWindow = 15, kGzipOnly = 16;
    if (inflateInit2(&stream, kLargestWindow + kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }

  ByteSource& compressed;
  uint64_t bytes_allowed;
  uint64_t bytes_given = 0;
  bool ended = false;
  z_stream stream{};
  std::array<uint8_t, 1 << 16> input{};
};

GzipSource::GzipSource(ByteSource& compressed, uint64_t max_bytes)
    : ByteSource(compressed.name()), inflater_(std::make_unique<Inflater>(compressed, max_bytes)) {}

GzipSource::~GzipSource() = default;

size_t GzipSource::read(std::span<uint8_t> bytes) {
  Inflater& state = *inflater_;
  z_stream& stream = state.stream;
  size_t filled = 0;
  while (filled < bytes.size() && !state.ended) {
    if (stream.avail_in == 0) {
      stream.next_in = state.input.data();
      stream.avail_in = static_cast<uInt>(state.compressed.read(state.input));
      if (stream.avail_in == 0) fail("the gzip stream ends early: the file is truncated");
    }
    const size_t room = std::min<size_t>(bytes.size() - filled, std::numeric_limits<uInt>::max());
    stream.next_out = bytes.data() + filled;
    stream.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    const size_t written = room - stream.avail_out;
    filled += written;
    state.bytes_given += written;
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK && result != Z_STREAM_END)
      fail(fmt::format("not a valid gzip stream ({})", stream.msg != nullptr ? stream.msg : "damaged"));
    if (state.bytes_given > state.bytes_allowed)
      fail(fmt::format("unpacks to more than the {} expected at most", human_bytes(state.bytes_allowed)));
    if (result == Z_STREAM_END) {
      state.ended = true;
      if (stream.avail_in > 0) fail("bytes follow the gzip stream");
      state.compressed.expect_end();
    }
  }
  return filled;
}

}  // namespace retort::data
