// SPDX-License-Identifier: MIT
#include "retort/config/yaml_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

[[noreturn]] void fail(const Source& source, const std::string& message) {
  throw Error(ExitCode::config, source.as_prefix() + message);
}

// printable() leaves a character as it is unless it is a control character or no UTF-8.
bool is_allowed(std::string_view character) {
  if (character == "\xC2\x85") return true;  // a line break of Unicode
  if (printable(character) != character) return false;
  // Halves of characters, what lies beyond the last one, and two that are none.
  const bool is_half = character[0] == '\xED' && static_cast<unsigned char>(character[1]) >= 0xA0;
  const bool is_beyond = character[0] == '\xF4' && static_cast<unsigned char>(character[1]) >= 0x90;
  return !is_half && !is_beyond && character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
}

// yaml-cpp holds every token of a line of open brackets, each of which may yet begin a key, before it gives
// the first: so many that no reader's depth allows them are refused before they are read. What stands in
// quotes is not looked at, so that the bound lies far beyond that depth.
void check_brackets(std::string_view text, const std::string& name, const YamlLimits& limits) {
  const size_t most = 16 * limits.depth;
  size_t open = 0;
  int line = 1;
  for (size_t i = 0, begin = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') {
      if (++open > most)
        fail({name, line, static_cast<int>(i - begin) + 1},
             fmt::format("nested deeper than {} levels", limits.depth));
    } else if ((text[i] == ']' || text[i] == '}') && open > 0) {
      --open;
    } else if (text[i] == '\n') {
      ++line;
      begin = i + 1;
      open = 0;
    }
  }
}

// PyYAML refuses control characters and what is not UTF-8.
void check_characters(std::string_view text, const std::string& name) {
  int line = 1, column = 1;
  for (size_t i = 0; i < text.size(); ++column) {
    if (text[i] >= 0x20 && text[i] < 0x7F) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < text.size() && is_continuation(text[end])) ++end;
    const std::string_view character = text.substr(i, end - i);
    if (character == "\n") {
      ++line;
      column = 0;
    } else if (character != "\t" && character != "\r" && !is_allowed(character)) {
      fail({name, line, column}, fmt::format("the byte 0x{:02x} is not allowed in a configuration file",
                                             static_cast<unsigned char>(text[i])));
    }
    i = end;
  }
}

std::string_view line_of(std::string_view text, int number) {
  for (; number > 1 && !text.empty(); --number)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

}  // namespace

void check_yaml_text(std::string_view text, const std::string& name, const YamlLimits& limits) {
  check_characters(text, name);
  check_brackets(text, name, limits);
}

std::string plain_yaml_message(const std::string& message, std::string_view text, const Source& place) {
  const std::string_view line = line_of(text, place.line);
  const size_t column = static_cast<size_t>(place.column) - 1;
  const size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  // Within brackets and quotes a tab is a blank, and what goes wrong there has other messages.
  const bool is_of_indentation = message == "illegal tab when looking for indentation" ||
                                 message == "illegal map value" || message == "illegal map key" ||
                                 message == "illegal block entry";
  if (is_of_indentation && line.substr(0, indent).find('\t') != line.npos)
    return "a tab cannot indent a line; YAML takes blanks";
  if (message == "illegal map value")
    return "a ':' cannot stand here: the line is indented otherwise than those it belongs to, or text "
           "that holds ': ' has no quotes";
  const bool is_interpolation = column > 0 && column < line.size() && line.substr(column - 1, 2) == "${";
  if (is_interpolation && message.ends_with("flow not found"))
    return "an interpolation in brackets or braces must stand in quotes: '${KEY}'";
  if (message == "end of sequence flow not found")
    return "a list is never closed: ']' is missing before this";
  if (message == "end of map flow not found")
    return "a dictionary is never closed: '}' is missing before this";
  if (message == "unknown token" && column < line.size())
    return fmt::format("text that begins with '{}' must stand in quotes", printable(line.substr(column, 1)));
  return message;
}

}  // namespace retort::config
