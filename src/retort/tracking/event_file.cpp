// SPDX-License-Identifier: MIT
#include "retort/tracking/event_file.h"

#include <optional>

#include <protozero/pbf_reader.hpp>

#include "retort/tracking/crc32c.h"
#include "retort/tracking/event_fields.h"
#include "retort/tracking/little_endian.h"

namespace retort::tracking {
namespace {

using protozero::pbf_wire_type;
using protozero::tag_and_type;

// Of messages and of text.
constexpr pbf_wire_type kMessage = pbf_wire_type::length_delimited;

constexpr size_t kHeaderBytes = 12, kFooterBytes = 4;

// A CRC of data that hold CRCs is weak; so TensorFlow stores a rotated one.
uint32_t masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

bool summary_closes_run(protozero::pbf_reader summary) {
  while (summary.next(event_fields::kSummaryValue, kMessage)) {
    protozero::pbf_reader value = summary.get_message();
    while (value.next(event_fields::kValueTag, kMessage)) {
      const auto tag = value.get_view();
      if (std::string_view(tag.data(), tag.size()) == event_fields::kSessionEndTag) return true;
    }
  }
  return false;
}

std::optional<EventRecord> parse_event(std::string_view data) {
  EventRecord record;
  try {
    protozero::pbf_reader event(data.data(), data.size());
    while (event.next()) {
      switch (event.tag_and_type()) {
        case tag_and_type(event_fields::kStep, pbf_wire_type::varint):
          record.step = event.get_int64();
          break;
        case tag_and_type(event_fields::kSummary, kMessage):
          record.closes_run = summary_closes_run(event.get_message());
          break;
        default:
          event.skip();
      }
    }
  } catch (const protozero::exception&) {
    return std::nullopt;
  }
  return record;
}

}  // namespace

std::string to_tf_record(std::string_view data) {
  std::string record;
  append_little_endian(record, data.size(), 8);
  append_little_endian(record, masked_crc(record), 4);
  record += data;
  append_little_endian(record, masked_crc(data), 4);
  return record;
}

std::vector<EventRecord> scan_events(std::string_view content) {
  std::vector<EventRecord> records;
  for (uint64_t start = 0; content.size() - start >= kHeaderBytes + kFooterBytes;) {
    const std::string_view header = content.substr(start, kHeaderBytes);
    const uint64_t length = read_little_endian(header.substr(0, 8));
    if (read_little_endian(header.substr(8)) != masked_crc(header.substr(0, 8))) break;
    if (length > content.size() - start - kHeaderBytes - kFooterBytes) break;
    const std::string_view data = content.substr(start + kHeaderBytes, length);
    if (read_little_endian(content.substr(start + kHeaderBytes + length, kFooterBytes)) != masked_crc(data))
      break;
    auto record = parse_event(data);
    if (!record) break;
    start += kHeaderBytes + length + kFooterBytes;
    record->end = start;
    records.push_back(*record);
  }
  return records;
}

}  // namespace retort::tracking
