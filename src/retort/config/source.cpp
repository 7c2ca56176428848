// SPDX-License-Identifier: MIT
#include "retort/config/source.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::config {

std::string Source::to_string() const {
  if (is_override()) return fmt::format("override '{}'", printable(where));
  return line > 0 ? fmt::format("{}:{}:{}", where, line, column) : where;
}

std::string Source::in_parentheses() const {
  const std::string text = to_string();
  return text.empty() ? "" : fmt::format(" ({})", text);
}

std::string Source::as_prefix() const {
  const std::string text = to_string();
  return text.empty() ? "" : text + ": ";
}

std::string Source::caret() const {
  return is_override() ? caret_lines(where, static_cast<size_t>(column) - 1) : "";
}

std::string caret_lines(std::string_view line, size_t position) {
  constexpr size_t kBefore = 60, kAfter = 40;  // bytes of a long line that are shown around the caret
  const auto is_inside_character = [&](size_t i) { return (line[i] & 0xC0) == 0x80; };
  const auto shown = [&](size_t begin, size_t end) {
    return printable(line.substr(begin, end - begin), line.size() * 4);
  };
  position = std::min(position, line.size());
  size_t begin = position > kBefore ? position - kBefore : 0;
  size_t end = std::min(line.size(), position + kAfter);
  while (begin > 0 && is_inside_character(begin)) --begin;
  while (end < line.size() && is_inside_character(end)) ++end;
  const std::string left = (begin > 0 ? "..." : "") + shown(begin, position);
  const std::string right = shown(position, end) + (end < line.size() ? "..." : "");
  const auto columns = std::count_if(left.begin(), left.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return fmt::format("\n  {}{}\n  {:>{}}", left, right, "^", columns + 1);
}

}  // namespace retort::config
