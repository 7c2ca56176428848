// SPDX-License-Identifier: MIT
#include "retort/data/tar.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::data {
namespace {

constexpr uint64_t kBlock = 512;
constexpr uint64_t kMaxPaxBytes = 1 << 16;

// Where the fields of a header stand (POSIX.1-1988 ustar), in bytes.
struct Field {
  size_t offset, length;
};
constexpr Field kName{0, 100}, kSize{124, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8},
    kPrefix{345, 155};

std::string_view text_of(std::span<const uint8_t> header, Field field) {
  const std::string_view bytes(reinterpret_cast<const char*>(header.data()) + field.offset, field.length);
  return bytes.substr(0, bytes.find('\0'));
}

// Octal digits, perhaps between spaces, up to a NUL. Base-256 numbers (first bit set) are for sizes that
// nothing of ours has.
std::optional<uint64_t> octal_of(std::span<const uint8_t> header, Field field) {
  std::string_view text = text_of(header, field);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

uint64_t checksum_of(std::span<const uint8_t> header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < header.size(); ++i) {
    const bool in_checksum = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    sum += in_checksum ? ' ' : header[i];
  }
  return sum;
}

bool leaves_its_folder(std::string_view name) {
  if (name.starts_with('/') || name.find('\\') != std::string_view::npos) return true;
  const std::string slashed = fmt::format("/{}/", name);
  return slashed.find("/../") != std::string::npos;
}

bool is_zero(std::span<const uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

}  // namespace

class TarReader::Content : public ByteSource {
 public:
  Content(ByteSource& source, const TarMember& member)
      : ByteSource(fmt::format("{} in {}", member.name, source.name())),
        source_(source),
        left_(member.size) {}

  size_t read(std::span<uint8_t> bytes) override {
    bytes = bytes.first(static_cast<size_t>(std::min<uint64_t>(bytes.size(), left_)));
    if (source_.read(bytes) < bytes.size()) fail("the archive ends inside this file");
    left_ -= bytes.size();
    return bytes.size();
  }

 private:
  ByteSource& source_;
  uint64_t left_;
};

TarReader::TarReader(ByteSource& source) : source_(source) {}
TarReader::~TarReader() = default;

ByteSource& TarReader::content() { return *content_; }

void TarReader::skip_content() {
  std::array<uint8_t, 1 << 14> scrap;
  if (content_ != nullptr)
    while (content_->read(scrap) > 0) {
    }
  content_.reset();
  if (source_.read(std::span(scrap).first(padding_)) < padding_) source_.fail("the archive is cut short");
  padding_ = 0;
}

// A pax header may say anything about the next file but what it is called and how long it is.
void TarReader::check_pax_records() {
  std::vector<uint8_t> bytes(kMaxPaxBytes + 1);
  bytes.resize(content_->read(bytes));
  if (bytes.size() > kMaxPaxBytes) source_.fail("a pax header is too long");
  std::string_view records(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!records.empty()) {  // "LENGTH KEY=VALUE\n", LENGTH counting all of it
    size_t length = 0;
    const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<size_t>(end - records.data());
    if (error != std::errc() || length > records.size() || digits + 2 > length || *end != ' ' ||
        records[length - 1] != '\n')
      source_.fail("a pax header is damaged");
    const std::string_view record = records.substr(digits + 1, length - digits - 2);
    const std::string_view key = record.substr(0, record.find('='));
    if (key == "path" || key == "linkpath" || key == "size" || key.starts_with("GNU."))
      source_.fail(fmt::format("a pax header sets '{}': such archives are not taken", printable(key)));
    records.remove_prefix(length);
  }
}

// Whether there is another header; false at the two blocks of zeros that end an archive.
bool TarReader::read_header(Header& header) {
  if (source_.read(header) < header.size()) source_.fail("the archive is cut short: its end is missing");
  if (is_zero(header)) {
    if (source_.read(header) < header.size() || !is_zero(header))
      source_.fail("the archive is damaged: a lone block of zeros");
    while (const size_t count = source_.read(header))  // padding up to the size of a tape record
      if (!is_zero(std::span(header).first(count))) source_.fail("bytes follow the archive's end");
    return false;
  }
  const std::string_view magic(reinterpret_cast<const char*>(header.data()) + kMagic.offset, kMagic.length);
  if (magic != std::string_view("ustar\00000", 8) && magic != std::string_view("ustar  \0", 8))
    source_.fail("not a tar archive: a file's header lacks the mark 'ustar'");
  if (octal_of(header, kChecksum) != checksum_of(header))
    source_.fail("the archive is damaged: a header's checksum is wrong");
  return true;
}

std::optional<TarMember> TarReader::next() {
  Header header;
  for (;;) {
    skip_content();
    if (!read_header(header)) return std::nullopt;

    TarMember member{.name = std::string(text_of(header, kName))};
    const bool is_posix = header[kMagic.offset + 5] == '\0';
    if (const auto prefix = text_of(header, kPrefix); is_posix && !prefix.empty())
      member.name = fmt::format("{}/{}", prefix, member.name);
    while (member.name.starts_with("./")) member.name.erase(0, 2);
    const auto size = octal_of(header, kSize);
    if (!size) source_.fail(fmt::format("'{}' has no valid size", printable(member.name)));
    member.size = *size;
    content_ = std::make_unique<Content>(source_, member);
    padding_ = (kBlock - member.size % kBlock) % kBlock;

    const char type = static_cast<char>(header[kType.offset]);
    const bool is_pax = type == 'x' || type == 'g';
    if (is_pax) {
      check_pax_records();
      continue;
    }
    if (leaves_its_folder(member.name))
      source_.fail(fmt::format("'{}' leads out of the archive's folder", printable(member.name)));
    if (type == '5') {
      if (member.size != 0) source_.fail(fmt::format("the folder '{}' has content", printable(member.name)));
      continue;
    }
    if (type != '0' && type != '\0')
      source_.fail(fmt::format("'{}' is neither a file nor a folder (tar type '{}')", printable(member.name),
                               printable(std::string_view(&type, 1))));
    return member;
  }
}

}  // namespace retort::data
