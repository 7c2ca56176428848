// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// Whether the locale that the environment names shows Unicode.
bool locale_is_utf8();

/// Columns that text takes on a terminal, a code point each.
size_t display_width(std::string_view text);

/// Rows in aligned columns, the first row a header with a rule below it. Columns named in `right` (by index)
/// are flush right. Lines end in '\n'.
std::string text_table(const std::vector<std::vector<std::string>>& rows, const std::vector<size_t>& right,
                       bool is_unicode);

}  // namespace retort
