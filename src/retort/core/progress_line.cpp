// SPDX-License-Identifier: MIT
#include "retort/core/progress_line.h"

#include <algorithm>
#include <cmath>

#include "retort/core/text_table.h"

namespace retort {
namespace {

constexpr size_t kGap = 2;

size_t width_through(const std::vector<LinePiece>& pieces, int rank) {
  size_t width = 0;
  for (const LinePiece& piece : pieces)
    if (piece.rank <= rank && !piece.text.empty())
      width += display_width(piece.text) + (width > 0 ? kGap : 0);
  return width;
}

}  // namespace

std::string progress_bar(double share, size_t width, bool is_unicode) {
  const size_t inside = is_unicode ? width : width - 2;
  const auto full =
      static_cast<size_t>(std::floor(std::clamp(share, 0.0, 1.0) * static_cast<double>(inside)));
  std::string bar;
  for (size_t i = 0; i < inside; ++i) {
    if (i < full)
      bar += is_unicode ? "━" : "=";
    else if (i == full)
      bar += is_unicode ? "╸" : ">";
    else
      bar += is_unicode ? "─" : " ";
  }
  if (is_unicode) return bar;
  bar.insert(0, 1, '[');
  bar += ']';
  return bar;
}

std::string fit_pieces(const std::vector<LinePiece>& pieces, size_t width) {
  int rank = 0;
  for (const LinePiece& piece : pieces) rank = std::max(rank, piece.rank);
  while (rank > 0 && width_through(pieces, rank) > width) --rank;
  std::string line;
  for (const LinePiece& piece : pieces) {
    if (piece.rank > rank || piece.text.empty()) continue;
    if (!line.empty()) line.append(kGap, ' ');
    line += piece.text;
  }
  return line;
}

}  // namespace retort
