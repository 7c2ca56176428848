// SPDX-License-Identifier: MIT
#include "retort/data/transfer_progress.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "retort/core/text.h"

namespace retort::data {

std::string progress_line(const std::string& name, uint64_t done, uint64_t total, double bytes_per_second) {
  constexpr uint64_t kBarWidth = 10;
  const std::string speed = fmt::format("{}/s", human_bytes(static_cast<uint64_t>(bytes_per_second)));
  if (total == 0) return fmt::format("{} {}, {}", name, human_bytes(done), speed);
  done = std::min(done, total);
  const auto filled = static_cast<size_t>(done * kBarWidth / total);
  return fmt::format("{} {:3} % [{}{}] {} of {}, {}, {} left", name, done * 100 / total,
                     std::string(filled, '#'), std::string(kBarWidth - filled, '-'), human_bytes(done),
                     human_bytes(total), speed,
                     human_duration(static_cast<double>(total - done) / bytes_per_second));
}

TransferProgress::TransferProgress(std::string shown_url)
    : url_(std::move(shown_url)), is_terminal_(isatty(STDERR_FILENO) == 1) {}

TransferProgress::~TransferProgress() {
  if (has_line_ && is_terminal_) std::fputc('\n', stderr);
}

void TransferProgress::show(uint64_t done, uint64_t total) {
  constexpr auto kBetweenDrawings = std::chrono::milliseconds(100);
  const auto now = Clock::now();
  if (!has_line_) {
    began_ = now;
    first_done_ = done;
    if (!is_terminal_)
      std::fputs(
          fmt::format("downloading {}{}\n", url_, total > 0 ? fmt::format(" ({})", human_bytes(total)) : "")
              .c_str(),
          stderr);
  }
  const bool is_due = !has_line_ || now - drawn_ >= kBetweenDrawings || done == total;
  has_line_ = true;
  if (!is_terminal_ || !is_due) return;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double speed = seconds > 0 ? static_cast<double>(done - std::min(done, first_done_)) / seconds : 0;
  // Cut to the terminal: a line that wraps could not be drawn over.
  std::string line = progress_line(url_.substr(url_.rfind('/') + 1), done, total, speed);
  winsize window{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
    line.resize(std::min<size_t>(line.size(), window.ws_col - 1u));
  std::fputs(fmt::format("\r\x1b[K{}", line).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace retort::data
