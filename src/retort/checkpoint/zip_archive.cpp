// SPDX-License-Identifier: MIT
#include "retort/checkpoint/zip_archive.h"

#include <algorithm>
#include <limits>
#include <new>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <zlib.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

constexpr uint32_t kLocalMark = 0x04034b50, kDirectoryMark = 0x02014b50, kEndMark = 0x06054b50;
constexpr uint32_t kEnd64Mark = 0x06064b50, kEnd64LocatorMark = 0x07064b50, kDescriptorMark = 0x08074b50;
constexpr uint64_t kLocalBytes = 30, kDirectoryBytes = 46, kEndBytes = 22;
constexpr uint64_t kEnd64Bytes = 56, kEnd64LocatorBytes = 20;
constexpr uint16_t kZip64Extra = 0x0001;
constexpr uint16_t kHasDescriptor = 1 << 3, kIsUtf8 = 1 << 11, kDeflateLevel = 3 << 1;
constexpr uint16_t kStored = 0, kDeflated = 8;
constexpr uint16_t kIn64_16 = 0xFFFF;
constexpr uint32_t kIn64_32 = 0xFFFFFFFF;  // the number stands in the 64-bit record instead

constexpr uint64_t kMaxEntries = 65536;
constexpr uint64_t kMaxDirectoryBytes = 16 << 20;
constexpr size_t kMaxNameBytes = 512;
// Weights hardly shrink, so that an archive that unpacks to much more than itself holds something else.
constexpr uint64_t kMaxUnpackedRatio = 4, kMaxUnpackedRest = 16 << 20;

[[noreturn]] void refuse(const std::string& file, std::string_view cause) {
  throw Error(ExitCode::checkpoint, fmt::format("{} is not a sound zip archive: {}", printable(file), cause));
}

/// Little-endian numbers and bytes, one after the other.
class Cursor {
 public:
  Cursor(const std::string& file, std::span<const std::byte> bytes) : file_(file), bytes_(bytes) {}

  std::span<const std::byte> take(uint64_t count) {
    if (count > bytes_.size()) refuse(file_, "a header is cut short");
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  template <class Number>
  Number number() {
    uint64_t value = 0;
    const auto taken = take(sizeof(Number));
    for (size_t i = 0; i < taken.size(); ++i) value |= std::to_integer<uint64_t>(taken[i]) << (8 * i);
    return static_cast<Number>(value);
  }
  uint16_t u16() { return number<uint16_t>(); }
  uint32_t u32() { return number<uint32_t>(); }
  uint64_t u64() { return number<uint64_t>(); }
  void skip(uint64_t count) { take(count); }
  std::string text(uint64_t count) {
    const auto taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  bool is_at_end() const { return bytes_.empty(); }

 private:
  const std::string& file_;
  std::span<const std::byte> bytes_;
};

std::vector<std::byte> read_bytes(const ByteRange& file, uint64_t begin, uint64_t count) {
  if (begin > file.size || count > file.size - begin) refuse(file.name, "it is cut short");
  std::vector<std::byte> bytes(count);
  file.read(begin, bytes);
  return bytes;
}

/// Where the central directory lies and how many entries it names.
struct Directory {
  uint64_t begin = 0, bytes = 0, entries = 0;
};

// The 64-bit record and its locator stand directly before the end record, where they stand at all.
Directory find_directory64(const ByteRange& file, uint64_t locator_begin) {
  const auto locator_bytes = read_bytes(file, locator_begin, kEnd64LocatorBytes);
  Cursor locator(file.name, locator_bytes);
  locator.skip(4);
  const uint32_t disk = locator.u32();
  const uint64_t begin = locator.u64();
  if (disk != 0 || locator.u32() != 1) refuse(file.name, "it is one part of several");
  if (locator_begin < kEnd64Bytes || begin != locator_begin - kEnd64Bytes)
    refuse(file.name, "its 64-bit end record is not where it should be");
  const auto record_bytes = read_bytes(file, begin, kEnd64Bytes);
  Cursor record(file.name, record_bytes);
  if (record.u32() != kEnd64Mark || record.u64() != kEnd64Bytes - 12)
    refuse(file.name, "its 64-bit end record is damaged");
  record.skip(4);  // versions
  if (record.u32() != 0 || record.u32() != 0) refuse(file.name, "it is one part of several");
  Directory directory;
  directory.entries = record.u64();
  if (record.u64() != directory.entries) refuse(file.name, "it is one part of several");
  directory.bytes = record.u64();
  directory.begin = record.u64();
  return directory;
}

// No comment is taken, so that the end record is the file's last bytes and there is only one place for it.
Directory find_directory(const ByteRange& file) {
  if (file.size < kEndBytes) refuse(file.name, "it is cut short");
  const auto end_bytes = read_bytes(file, file.size - kEndBytes, kEndBytes);
  Cursor end(file.name, end_bytes);
  if (end.u32() != kEndMark)
    refuse(file.name, "it does not end with the end of a directory: it may be cut short");
  if (end.u16() != 0 || end.u16() != 0) refuse(file.name, "it is one part of several");
  const uint16_t entries_here = end.u16(), entries = end.u16();
  const uint32_t bytes = end.u32(), begin = end.u32();
  if (entries_here != entries || end.u16() != 0)
    refuse(file.name, "it is one part of several, or has a comment");

  Directory directory{.begin = begin, .bytes = bytes, .entries = entries};
  uint64_t records_begin = file.size - kEndBytes;
  if (records_begin >= kEnd64LocatorBytes) {
    const auto mark = read_bytes(file, records_begin - kEnd64LocatorBytes, 4);
    if (Cursor(file.name, mark).u32() == kEnd64LocatorMark) {
      const Directory large = find_directory64(file, records_begin - kEnd64LocatorBytes);
      if ((entries != kIn64_16 && entries != large.entries) || (bytes != kIn64_32 && bytes != large.bytes) ||
          (begin != kIn64_32 && begin != large.begin))
        refuse(file.name, "its two end records differ");
      directory = large;
      records_begin -= kEnd64LocatorBytes + kEnd64Bytes;
    }
  }
  if (directory.begin > records_begin || directory.bytes != records_begin - directory.begin)
    refuse(file.name, "its directory does not lie before its end");
  if (directory.entries > kMaxEntries || directory.bytes > kMaxDirectoryBytes)
    refuse(file.name, fmt::format("it has more than {} entries", kMaxEntries));
  return directory;
}

// Numbers too large for a record's own fields follow in an extra field, in this order.
void read_extra64(Cursor extra, const std::string& file, const std::vector<uint64_t*>& too_large) {
  while (!extra.is_at_end()) {
    const uint16_t kind = extra.u16();
    const auto content = extra.take(extra.u16());
    if (kind != kZip64Extra) continue;
    Cursor numbers(file, content);
    for (uint64_t* number : too_large) *number = numbers.u64();
    return;
  }
  if (!too_large.empty()) refuse(file, "a 64-bit number is missing");
}

void check_name(const std::string& name, const std::string& file) {
  const bool has_control = std::any_of(name.begin(), name.end(),
                                       [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '\\'; });
  const std::string framed = fmt::format("/{}/", name);
  if (name.empty() || name.size() > kMaxNameBytes || has_control || name.front() == '/' ||
      framed.find("/../") != std::string::npos)
    refuse(file, fmt::format("'{}' is no name for an entry", printable(name)));
}

ZipEntry read_directory_record(Cursor& cursor, const std::string& file) {
  if (cursor.u32() != kDirectoryMark) refuse(file, "its directory is damaged");
  ZipEntry entry;
  cursor.skip(4);  // versions
  entry.flags = cursor.u16();
  entry.method = cursor.u16();
  cursor.skip(4);  // time
  entry.crc32 = cursor.u32();
  entry.data_bytes = cursor.u32();
  entry.bytes = cursor.u32();
  const uint16_t name_bytes = cursor.u16(), extra_bytes = cursor.u16(), comment_bytes = cursor.u16();
  const uint16_t disk = cursor.u16();
  cursor.skip(6);  // attributes
  entry.header_begin = cursor.u32();
  entry.name = cursor.text(name_bytes);
  check_name(entry.name, file);
  const Cursor extra(file, cursor.take(extra_bytes));
  cursor.skip(comment_bytes);

  std::vector<uint64_t*> large;
  for (uint64_t* number : {&entry.bytes, &entry.data_bytes, &entry.header_begin})
    if (*number == kIn64_32) large.push_back(number);
  read_extra64(extra, file, large);
  const std::string shown = printable(entry.name);
  if (disk != 0) refuse(file, "it is one part of several");
  if ((entry.flags & ~(kHasDescriptor | kIsUtf8 | kDeflateLevel)) != 0)
    refuse(file, fmt::format("'{}' is encrypted or otherwise unusual", shown));
  if (entry.method != kStored && entry.method != kDeflated)
    refuse(file,
           fmt::format("'{}' is packed by method {}; stored and deflated are read", shown, entry.method));
  if (entry.method == kStored && entry.bytes != entry.data_bytes)
    refuse(file, fmt::format("'{}' is stored and has two sizes", shown));
  return entry;
}

// Reads the local header, which must say what the directory says, and finds where the data begin.
void read_local_header(const ByteRange& file, ZipEntry& entry) {
  const auto header_bytes = read_bytes(file, entry.header_begin, kLocalBytes);
  Cursor header(file.name, header_bytes);
  const auto differ = [&] {
    refuse(file.name, fmt::format("'{}' is described in two ways", printable(entry.name)));
  };
  if (header.u32() != kLocalMark) differ();
  header.skip(2);  // version
  const uint16_t flags = header.u16(), method = header.u16();
  header.skip(4);  // time
  const uint32_t crc32 = header.u32(), data_bytes = header.u32(), bytes = header.u32();
  const uint16_t name_bytes = header.u16(), extra_bytes = header.u16();
  const auto name = read_bytes(file, entry.header_begin + kLocalBytes, name_bytes);
  if (flags != entry.flags || method != entry.method ||
      Cursor(file.name, name).text(name_bytes) != entry.name)
    differ();
  const bool is_told_later = (flags & kHasDescriptor) != 0 && crc32 == 0;
  if (!is_told_later && crc32 != entry.crc32) differ();
  for (const auto& [here, there] : {std::pair{data_bytes, entry.data_bytes}, {bytes, entry.bytes}})
    if (here != there && here != kIn64_32 && !(is_told_later && here == 0)) differ();
  entry.data_begin = entry.header_begin + kLocalBytes + name_bytes + extra_bytes;
}

// The sizes once more, behind the data; how many bytes they take.
uint64_t read_descriptor(const ByteRange& file, const ZipEntry& entry, uint64_t begin, uint64_t bytes) {
  if ((entry.flags & kHasDescriptor) == 0) return 0;
  const auto differ = [&] {
    refuse(file.name, fmt::format("'{}' is described in two ways", printable(entry.name)));
  };
  constexpr uint64_t kMark = 4, kShort = 12, kLong = 20;
  const bool has_mark = bytes == kMark + kShort || bytes == kMark + kLong;
  if (!has_mark && bytes != kShort && bytes != kLong) differ();
  const auto content = read_bytes(file, begin, bytes);
  Cursor cursor(file.name, content);
  if (has_mark && cursor.u32() != kDescriptorMark) differ();
  const bool is_long = bytes - (has_mark ? kMark : 0) == kLong;
  if (cursor.u32() != entry.crc32) differ();
  for (const uint64_t size : {entry.data_bytes, entry.bytes})
    if ((is_long ? cursor.u64() : uint64_t{cursor.u32()}) != size) differ();
  return bytes;
}

// Entries follow each other from the first byte to the directory, without gap or overlap.
void check_places(const ByteRange& file, std::vector<ZipEntry>& entries, uint64_t directory_begin) {
  std::sort(entries.begin(), entries.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.header_begin < b.header_begin; });
  uint64_t expected_begin = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const ZipEntry& entry = entries[i];
    if (entry.header_begin != expected_begin)
      refuse(file.name, fmt::format("'{}' overlaps another entry, or bytes lie before it that belong to none",
                                    printable(entry.name)));
    const uint64_t next = i + 1 < entries.size() ? entries[i + 1].header_begin : directory_begin;
    if (next > directory_begin || entry.data_begin > next || entry.data_bytes > next - entry.data_begin)
      refuse(file.name, fmt::format("'{}' overlaps what follows it", printable(entry.name)));
    const uint64_t data_end = entry.data_begin + entry.data_bytes;
    expected_begin = data_end + read_descriptor(file, entry, data_end, next - data_end);
  }
  if (expected_begin != directory_begin) refuse(file.name, "bytes before its directory belong to no entry");
}

void inflate_all(std::span<const std::byte> packed, std::span<std::byte> bytes, const std::string& file,
                 const std::string& name) {
  struct Stream : z_stream {
    Stream() : z_stream() {
      if (inflateInit2(this, -15) != Z_OK) throw std::bad_alloc();  // bare deflate, the largest window
    }
    ~Stream() { inflateEnd(this); }
  } stream;
  constexpr size_t kMost = std::numeric_limits<uInt>::max();
  size_t taken = 0, given = 0;
  int result = Z_OK;
  // One byte of room more than is expected, so that a longer stream shows.
  std::byte excess{};
  while (result == Z_OK) {
    const auto in = packed.subspan(taken).first(std::min(packed.size() - taken, kMost));
    const size_t room = std::min(bytes.size() - given, kMost);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(room > 0 ? bytes.data() + given : &excess);
    stream.avail_out = static_cast<uInt>(std::max<size_t>(room, 1));
    const size_t offered = stream.avail_out;
    result = inflate(&stream, Z_NO_FLUSH);
    taken += in.size() - stream.avail_in;
    given += offered - stream.avail_out;
    if (given > bytes.size()) break;
  }
  if (result == Z_MEM_ERROR) throw std::bad_alloc();
  if (result != Z_STREAM_END || given != bytes.size() || taken != packed.size())
    refuse(file, fmt::format("'{}' does not unpack to what the directory says", printable(name)));
}

}  // namespace

ZipArchive::ZipArchive(ByteRange bytes) : bytes_(std::move(bytes)) {
  const Directory directory = find_directory(bytes_);
  const auto directory_bytes = read_bytes(bytes_, directory.begin, directory.bytes);
  Cursor cursor(bytes_.name, directory_bytes);
  std::set<std::string> names;
  uint64_t unpacked = 0;
  const uint64_t most = kMaxUnpackedRatio * std::min(bytes_.size, uint64_t{1} << 48) + kMaxUnpackedRest;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    ZipEntry entry = read_directory_record(cursor, bytes_.name);
    if (!names.insert(entry.name).second)
      refuse(bytes_.name, fmt::format("'{}' stands there twice", printable(entry.name)));
    if (entry.bytes > most || (unpacked += entry.bytes) > most)
      refuse(bytes_.name, fmt::format("it unpacks to more than {} times its size", kMaxUnpackedRatio));
    entries_.push_back(std::move(entry));
  }
  if (!cursor.is_at_end()) refuse(bytes_.name, "its directory has more entries than its end says");
  for (ZipEntry& entry : entries_) read_local_header(bytes_, entry);
  check_places(bytes_, entries_, directory.begin);
}

const ZipEntry* ZipArchive::find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const ZipEntry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

std::vector<std::byte> ZipArchive::read(const ZipEntry& entry) const {
  std::vector<std::byte> content = read_bytes(bytes_, entry.data_begin, entry.data_bytes);
  if (entry.method == kDeflated) {
    std::vector<std::byte> unpacked(entry.bytes);
    inflate_all(content, unpacked, bytes_.name, entry.name);
    content = std::move(unpacked);
  }
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
  if (crc != entry.crc32) refuse(bytes_.name, fmt::format("'{}' is damaged", printable(entry.name)));
  return content;
}

}  // namespace retort::checkpoint
