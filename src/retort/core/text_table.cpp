// SPDX-License-Identifier: MIT
#include "retort/core/text_table.h"

#include <algorithm>
#include <cstdlib>

namespace retort {
namespace {

constexpr size_t kGap = 2;

std::string padded(const std::string& cell, size_t width, bool is_right) {
  std::string result = cell;
  result.insert(is_right ? 0 : cell.size(), width - std::min(width, display_width(cell)), ' ');
  return result;
}

}  // namespace

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos ||
           locale.find("utf-8") != locale.npos;
  }
  return false;
}

size_t display_width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;  // no continuation of a code point
  }));
}

std::string text_table(const std::vector<std::vector<std::string>>& rows, const std::vector<size_t>& right,
                       bool is_unicode) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (size_t i = 0; i < rows[r].size(); ++i) {
      const bool is_right = std::find(right.begin(), right.end(), i) != right.end();
      if (i > 0) line.append(kGap, ' ');
      line += padded(rows[r][i], widths[i], is_right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
    if (r > 0) continue;
    size_t whole = kGap * (widths.size() - 1);
    for (const size_t width : widths) whole += width;
    for (size_t i = 0; i < whole; ++i) text += is_unicode ? "─" : "-";
    text += '\n';
  }
  return text;
}

}  // namespace retort
