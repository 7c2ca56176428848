// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace retort {

/// A bar of `width` columns, `share` of it full, in [0, 1]: "━━━━╸───" in Unicode, "[===>    ]" in ASCII.
std::string progress_bar(double share, size_t width, bool is_unicode);

/// A part of a line that has not room for all.
struct LinePiece {
  std::string text;
  int rank = 0;  // what has the highest rank is left out first; 0 always stays
};

/// The pieces with two blanks between them, in order, as many as fit into `width` columns.
std::string fit_pieces(const std::vector<LinePiece>& pieces, size_t width);

}  // namespace retort
