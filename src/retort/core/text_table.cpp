// SPDX-License-Identifier: MIT
#include "retort/core/text_table.h"

#include <algorithm>
#include <cstdlib>

namespace retort {
namespace {

std::string padded(const std::string& cell, size_t width, bool is_right) {
  std::string result = cell;
  result.insert(is_right ? 0 : cell.size(), width - std::min(width, display_width(cell)), ' ');
  return result;
}

using Rows = std::vector<std::vector<std::string>>;

std::vector<size_t> column_widths(const Rows& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    if (row.size() == 1) continue;
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  return widths;
}

// Columns of width 0 are not shown.
size_t table_width(const std::vector<size_t>& widths, size_t gap) {
  size_t whole = 0;
  for (const size_t width : widths)
    if (width > 0) whole += width + (whole > 0 ? gap : 0);
  return whole;
}

std::string line_of(const std::vector<std::string>& row, const std::vector<size_t>& widths,
                    const TableStyle& style) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    if (widths[i] == 0) continue;
    const bool is_right = std::find(style.right.begin(), style.right.end(), i) != style.right.end();
    if (!line.empty()) line.append(style.gap, ' ');
    line += padded(row[i], widths[i], is_right);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

bool shows_unicode() {
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
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

std::string text_table(std::vector<std::vector<std::string>> rows, const TableStyle& style) {
  std::vector<size_t> widths = column_widths(rows);
  for (const size_t column : style.dispensable) {
    if (table_width(widths, style.gap) <= style.width) break;
    widths[column] = 0;
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].size() == 1) {
      text += rows[r][0] + '\n';
    } else {
      text += line_of(rows[r], widths, style) + '\n';
    }
    if (r > 0) continue;
    for (size_t i = 0; i < table_width(widths, style.gap); ++i) text += style.is_unicode ? "─" : "-";
    text += '\n';
  }
  return text;
}

}  // namespace retort
