// SPDX-License-Identifier: MIT
#include "retort/data/byte_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::data {

void ByteSource::fail(std::string_view message) const {
  throw Error(ExitCode::data, fmt::format("{}: {}", printable(name_), message));
}

std::vector<uint8_t> ByteSource::read_exactly(uint64_t count, std::string_view what) {
  constexpr uint64_t kStep = uint64_t{1} << 24;
  std::vector<uint8_t> bytes;
  while (bytes.size() < count) {
    const size_t start = bytes.size();
    bytes.resize(start + static_cast<size_t>(std::min(count - start, std::max<uint64_t>(kStep, start))));
    const size_t found = start + read(std::span(bytes).subspan(start));
    if (found < bytes.size()) fail(fmt::format("expected {} {}, found {}", count, what, found));
  }
  return bytes;
}

void ByteSource::expect_end() {
  uint8_t byte = 0;
  if (read({&byte, 1}) != 0) fail("bytes follow where the file should end");
}

FileSource::FileSource(const std::filesystem::path& path)
    : ByteSource(path.string()), file_(path, ExitCode::data) {}

size_t FileSource::read(std::span<uint8_t> bytes) {
  const uint64_t rest = file_.size() - offset_;
  bytes = bytes.first(static_cast<size_t>(std::min<uint64_t>(bytes.size(), rest)));
  file_.read(offset_, std::as_writable_bytes(bytes));
  offset_ += bytes.size();
  return bytes.size();
}

size_t MemorySource::read(std::span<uint8_t> bytes) {
  const size_t count = std::min(bytes.size(), rest_.size());
  std::copy_n(rest_.begin(), count, bytes.begin());
  rest_ = rest_.subspan(count);
  return count;
}

}  // namespace retort::data
