// SPDX-License-Identifier: MIT
#include "retort/core/console.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"

namespace retort {
namespace {

std::string log_line(std::string_view level, std::string_view text) {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  localtime_r(&seconds, &local);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("[{:%Y-%m-%d %H:%M:%S},{:03}][retort][{}] - {}\n", local, milliseconds, level, text);
}

// The first `columns` columns of UTF-8 text, counting a code point as one column.
std::string_view cut_to_width(std::string_view text, int columns) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool starts_code_point = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts_code_point && columns-- == 0) break;
  }
  return text.substr(0, end);
}

}  // namespace

struct Console::Impl {
  bool is_terminal = isatty(STDOUT_FILENO) == 1;
  bool has_live_line = false;
  bool is_mute = false;
  std::FILE* log = nullptr;
  Listener listener{};

  void tell_listener(std::string_view line, bool is_error) const {
    if (listener) listener(line, is_error);
  }

  void write_log(std::string_view level, std::string_view text) {
    if (log == nullptr) return;
    const std::string line = log_line(level, text);
    std::fwrite(line.data(), 1, line.size(), log);
    std::fflush(log);
  }
};

Console::Console() : impl_(std::make_unique<Impl>()) {}

Console::~Console() {
  clear_live_line();
  if (impl_->log != nullptr) std::fclose(impl_->log);
}

bool Console::is_terminal() const { return impl_->is_terminal; }

bool Console::has_color() const {
  const char* no_color = std::getenv("NO_COLOR");
  return is_live() && (no_color == nullptr || *no_color == '\0');
}

bool Console::is_live() const {
  const char* terminal = std::getenv("TERM");
  return impl_->is_terminal && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

bool Console::has_unicode() const { return shows_unicode(); }

int Console::width() const {
  constexpr int kUnknown = 80, kNarrowest = 20, kWidest = 10000;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* wanted = std::getenv("COLUMNS");
  const long columns = wanted != nullptr ? std::strtol(wanted, nullptr, 10) : 0;
  return columns >= kNarrowest && columns <= kWidest ? static_cast<int>(columns) : kUnknown;
}

void Console::mute() { impl_->is_mute = true; }

void Console::open_log(const std::filesystem::path& path) {
  impl_->log = std::fopen(path.c_str(), "ae");
  if (impl_->log == nullptr)
    throw Error(ExitCode::resources, fmt::format("cannot write the log {}", printable(path.string())));
}

// A reader that went away (`retort train | head`) does not end a training: what cannot be printed is in the
// log.
void Console::say(std::string_view line) {
  if (impl_->is_mute) return;
  clear_live_line();
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
  impl_->write_log("INFO", line);
  impl_->tell_listener(line, /*is_error=*/false);
}

void Console::set_listener(Listener listener) { impl_->listener = std::move(listener); }

void Console::warn(std::string_view line) {
  if (impl_->is_mute) return;
  clear_live_line();
  write_stderr(fmt::format("warning: {}\n", line));
  impl_->write_log("WARNING", line);
  impl_->tell_listener(fmt::format("warning: {}", line), /*is_error=*/true);
}

void Console::record_error(std::string_view message) { impl_->write_log("ERROR", message); }

void write_stderr(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void Console::set_live_line(std::string_view line) {
  if (impl_->is_mute || !is_live()) return;
  const std::string text = fmt::format("\r\x1b[K{}", cut_to_width(line, width() - 1));
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  impl_->has_live_line = true;
}

void Console::clear_live_line() {
  if (!impl_->has_live_line) return;
  std::fputs("\r\x1b[K", stdout);
  std::fflush(stdout);
  impl_->has_live_line = false;
}

}  // namespace retort
