// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// Whether what is shown may be Unicode: the locale of the environment is UTF-8, and TERM is not "dumb".
bool shows_unicode();

/// Columns that text takes on a terminal, a code point each.
size_t display_width(std::string_view text);

struct TableStyle {
  std::vector<size_t> right{};  // columns, by index, that are flush right
  bool is_unicode = false;
  size_t gap = 2;  // blanks between columns
  // Where the table is wider than `width` columns of the terminal, these columns are left out, in this order.
  size_t width = SIZE_MAX;
  std::vector<size_t> dispensable{};
};

/// Rows in aligned columns, the first row a header with a rule below it. A row of a single cell stands across
/// all columns. Lines end in '\n'.
std::string text_table(std::vector<std::vector<std::string>> rows, const TableStyle& style);

}  // namespace retort
