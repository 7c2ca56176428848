// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::tracking {

// TensorBoard's event file (docs/tracking.md): TFRecords, each of them a message Event.

/// length, masked CRC-32C of the length, data, masked CRC-32C of the data.
std::string to_tf_record(std::string_view data);

/// One event of a file, and where its record ends.
struct EventRecord {
  int64_t step = 0;
  bool closes_run = false;  // it holds the end of hparams' session
  uint64_t end = 0;
};

/// The events of a file's content, up to the first that is damaged or not whole.
std::vector<EventRecord> scan_events(std::string_view content);

}  // namespace retort::tracking
