// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::tracking {

// W&B's transaction log (docs/tracking.md): records cut into the chunks of a LevelDB log.

/// The first bytes of a log; they count as part of its first block.
std::string wandb_log_header();

/// A record as its chunks, when it is written at this offset of the file.
std::string frame_wandb_record(std::string_view record, uint64_t offset);

/// A record of a log.
struct WandbLogRecord {
  std::string payload;
  uint64_t begin = 0, end = 0;  // of its chunks in the file, padding in front included
};

/// The records of a log's content, up to the first that is damaged or not whole; none when it is no such log.
std::vector<WandbLogRecord> scan_wandb_log(std::string_view content);

}  // namespace retort::tracking
