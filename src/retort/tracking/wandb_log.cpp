// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_log.h"

#include <algorithm>

#include <zlib.h>

#include "retort/tracking/little_endian.h"

namespace retort::tracking {
namespace {

constexpr uint64_t kBlockBytes = 32768;
constexpr uint64_t kChunkHeaderBytes = 7;  // crc, length, type
enum ChunkType : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// Of the type and the data; LevelDB's own logs have another checksum here.
uint32_t chunk_crc(ChunkType type, std::string_view data) {
  const auto first = static_cast<Bytef>(type);
  const uLong crc = crc32(crc32(0, nullptr, 0), &first, 1);
  return static_cast<uint32_t>(
      crc32(crc, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())));
}

ChunkType type_of(bool is_first, bool is_last) {
  if (is_first) return is_last ? kFull : kFirst;
  return is_last ? kLast : kMiddle;
}

}  // namespace

std::string wandb_log_header() { return std::string(":W&B\xE1\xBE\0", 7); }

std::string frame_wandb_record(std::string_view record, uint64_t offset) {
  std::string chunks;
  for (bool is_first = true, is_last = false; !is_last; is_first = false) {
    uint64_t room = kBlockBytes - (offset + chunks.size()) % kBlockBytes;
    if (room < kChunkHeaderBytes) {
      chunks.append(room, '\0');
      room = kBlockBytes;
    }
    const std::string_view data = record.substr(0, room - kChunkHeaderBytes);
    record.remove_prefix(data.size());
    is_last = record.empty();
    const ChunkType type = type_of(is_first, is_last);
    append_little_endian(chunks, chunk_crc(type, data), 4);
    append_little_endian(chunks, data.size(), 2);
    chunks += static_cast<char>(type);
    chunks += data;
  }
  return chunks;
}

std::vector<WandbLogRecord> scan_wandb_log(std::string_view content) {
  std::vector<WandbLogRecord> records;
  const std::string header = wandb_log_header();
  if (!content.starts_with(header)) return records;
  uint64_t at = header.size();
  WandbLogRecord record{.payload = {}, .begin = at, .end = at};
  bool is_open = false;
  while (at < content.size()) {
    const uint64_t room = kBlockBytes - at % kBlockBytes;
    if (room < kChunkHeaderBytes) {
      at += room;
      continue;
    }
    if (content.size() - at < kChunkHeaderBytes) break;
    const uint64_t crc = read_little_endian(content.substr(at, 4));
    const uint64_t length = read_little_endian(content.substr(at + 4, 2));
    const auto type = static_cast<uint8_t>(content[at + 6]);
    const std::string_view data = content.substr(at + kChunkHeaderBytes, length);
    if (data.size() != length || length > room - kChunkHeaderBytes) break;
    if (type < kFull || type > kLast || crc != chunk_crc(static_cast<ChunkType>(type), data)) break;
    if (is_open != (type == kMiddle || type == kLast)) break;
    record.payload += data;
    at += kChunkHeaderBytes + length;
    is_open = type == kFirst || type == kMiddle;
    if (is_open) continue;
    record.end = at;
    records.push_back(std::move(record));
    record = {.payload = {}, .begin = at, .end = at};
  }
  return records;
}

}  // namespace retort::tracking
