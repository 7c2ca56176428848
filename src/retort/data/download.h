// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "retort/core/stop.h"

namespace retort::data {

/// A file to fetch over HTTP.
struct Download {
  std::string url{};  // https; http from this machine alone (127.0.0.1, localhost, [::1])
  std::filesystem::path path{};
  std::optional<std::string> sha256 = std::nullopt;  // 64 hexadecimal digits
  uint64_t max_bytes = uint64_t{1} << 30;            // a longer body is refused
  int retries = 3;                                   // after failures that may pass, each from where it broke
  std::chrono::milliseconds backoff{1000};           // before the first retry, then doubled
  std::chrono::seconds stall_timeout{30};            // below 1 KiB/s for so long is a failure
  const std::atomic<bool>* stop = &stop_requested();
};

/// Fetches a file. It gets its name only when it is whole and its checksum right; until then it is PATH.part,
/// which a later call continues, if the server says that the file is still the same. One caller at a time
/// (FileLock). Progress goes to stderr: a bar on a terminal, one line elsewhere.
/// Errors: data for a wrong checksum or size, peer for the network and the server's refusals, resources for
/// the disk, interrupted when *stop is set, config for a URL that is not allowed.
void download(const Download& request);

}  // namespace retort::data
