// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace retort {

/// Writes what it can to stderr; one that is closed or full is no reason to die.
void write_stderr(const std::string& text);

/// What a run says to a person: lines on stdout and, time-stamped, in the run's log; and one live line at the
/// bottom of a terminal. Nothing live and no control character where stdout is not a terminal.
class Console {
 public:
  Console();
  ~Console();

  bool is_terminal() const;
  bool has_color() const;  // a live terminal, and NO_COLOR is not set
  bool is_live() const;    // a terminal that can rewrite a line: TERM is not "dumb"
  bool has_unicode() const;
  int width() const;  // columns; 80 where unknown

  /// From now on nothing is said, neither here nor in a log: another process speaks for this one.
  void mute();

  /// From now on lines go into this file too ("[2026-11-24 15:23:51,042][retort][INFO] - text").
  void open_log(const std::filesystem::path& path);

  /// Is given every line that is said or warned of, until it is replaced; nothing stops it.
  using Listener = std::function<void(std::string_view line, bool is_error)>;
  void set_listener(Listener listener);

  void say(std::string_view line);
  void warn(std::string_view line);  // to stderr, "warning: " before it
  /// Into the log alone: `main` says it to the person.
  void record_error(std::string_view message);
  /// Replaces the live line; does nothing where is_live() is false. Cut to the terminal's width.
  void set_live_line(std::string_view line);
  void clear_live_line();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace retort
