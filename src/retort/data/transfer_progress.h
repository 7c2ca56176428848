// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace retort::data {

/// Says on stderr how far a download is: a bar that is redrawn on a terminal, one line at its start
/// elsewhere.
class TransferProgress {
 public:
  explicit TransferProgress(std::string shown_url);
  ~TransferProgress();  // ends the bar's line

  /// `total` is 0 while it is not known.
  void show(uint64_t done, uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  std::string url_;
  bool is_terminal_;
  bool has_line_ = false;
  Clock::time_point drawn_{};
  // Where and when this transfer began: it may have continued an earlier one.
  Clock::time_point began_{};
  uint64_t first_done_ = 0;
};

/// "cifar-10-binary.tar.gz  45 % [####------] 73.0 MiB of 162.2 MiB, 12.0 MiB/s, 0:07 left"
std::string progress_line(const std::string& name, uint64_t done, uint64_t total, double bytes_per_second);

}  // namespace retort::data
