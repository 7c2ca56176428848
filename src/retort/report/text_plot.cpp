// SPDX-License-Identifier: MIT
#include "retort/report/text_plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "retort/report/axis.h"

namespace retort::report {
namespace {

constexpr size_t kLabelWidth = 9;

// A grid of dots, `per_cell_x` times `per_cell_y` of them a character.
class Canvas {
 public:
  Canvas(size_t columns, size_t lines, bool is_unicode)
      : columns_(columns),
        is_unicode_(is_unicode),
        width_(is_unicode ? 2 * columns : columns),
        height_(is_unicode ? 4 * lines : lines),
        dots_(width_ * height_) {}

  // From the lower left, both in [0, 1].
  void line(double x0, double y0, double x1, double y1) {
    const auto scale = static_cast<double>(std::max(width_, height_));
    const auto steps =
        static_cast<int>(std::ceil(scale * std::max(std::abs(x1 - x0), std::abs(y1 - y0)))) + 1;
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      set(x0 + t * (x1 - x0), y0 + t * (y1 - y0));
    }
  }

  std::string text_of_line(size_t line) const {
    std::string text;
    for (size_t column = 0; column < columns_; ++column)
      text += is_unicode_ ? braille(column, line) : ascii(column, line);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

 private:
  void set(double x, double y) {
    const auto column = static_cast<size_t>(std::lround(x * static_cast<double>(width_ - 1)));
    const auto row = static_cast<size_t>(std::lround((1 - y) * static_cast<double>(height_ - 1)));
    dots_[std::min(row, height_ - 1) * width_ + std::min(column, width_ - 1)] = true;
  }

  std::string ascii(size_t column, size_t line) const { return dots_[line * width_ + column] ? "*" : " "; }

  // U+2800 and a bit a dot.
  std::string braille(size_t column, size_t line) const {
    constexpr unsigned kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    unsigned pattern = 0;
    for (size_t y = 0; y < 4; ++y)
      for (size_t x = 0; x < 2; ++x)
        if (dots_[(4 * line + y) * width_ + 2 * column + x]) pattern |= kBits[y][x];
    if (pattern == 0) return " ";
    return {'\xE2', static_cast<char>(0xA0 | pattern >> 6), static_cast<char>(0x80 | (pattern & 0x3F))};
  }

  size_t columns_;
  bool is_unicode_;
  size_t width_, height_;
  std::vector<bool> dots_;
};

}  // namespace

std::string text_plot(const std::string& title, const std::vector<std::pair<double, double>>& points,
                      size_t width, size_t height, bool is_unicode) {
  std::vector<std::pair<double, double>> drawn;
  std::copy_if(points.begin(), points.end(), std::back_inserter(drawn),
               [](const auto& point) { return is_drawable(point.first) && is_drawable(point.second); });
  if (drawn.empty()) return {};
  const auto [first, last] = std::minmax_element(drawn.begin(), drawn.end());
  const auto by_value = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [low, high] = std::minmax_element(drawn.begin(), drawn.end(), by_value);
  const Axis x{.low = first->first, .high = std::max(last->first, first->first + 1)};
  const Axis y = make_axis(low->second, high->second, /*ticks=*/4);

  const size_t columns = std::max<size_t>(width, kLabelWidth + 20) - kLabelWidth - 2;
  Canvas canvas(columns, height, is_unicode);
  for (size_t i = 0; i < drawn.size(); ++i) {
    const auto& from = drawn[i > 0 ? i - 1 : 0];
    canvas.line(x.position(from.first), y.position(from.second), x.position(drawn[i].first),
                y.position(drawn[i].second));
  }
  std::string text = fmt::format("{}  (last {:.5g})\n", title, drawn.back().second);
  for (size_t line = 0; line < height; ++line) {
    const bool is_edge = line == 0 || line + 1 == height;
    const std::string label = is_edge ? tick_label(line == 0 ? y.high : y.low) : "";
    text +=
        fmt::format("{:>{}} {}{}\n", label, kLabelWidth, is_unicode ? "│" : "|", canvas.text_of_line(line));
  }
  const std::string left = tick_label(x.low), right = tick_label(x.high);
  text += fmt::format("{:>{}}{}{:>{}}\n", "", kLabelWidth + 2, left, right,
                      columns - std::min(columns, left.size()));
  return text;
}

}  // namespace retort::report
