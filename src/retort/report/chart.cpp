// SPDX-License-Identifier: MIT
#include "retort/report/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "retort/report/axis.h"
#include "retort/report/html.h"

namespace retort::report {
namespace {

constexpr double kWidth = 640, kHeight = 300, kRight = 16, kTop = 12, kBottom = 44;

struct Frame {
  Axis x, y;
  double left = 0;  // room for the labels of y

  double x_of(double value) const { return left + x.position(value) * (kWidth - left - kRight); }
  double y_of(double value) const {
    return kHeight - kBottom - y.position(value) * (kHeight - kTop - kBottom);
  }
};

// In the units of the axes.
std::vector<std::pair<double, double>> drawn_points(const Chart& chart, const Series& series) {
  std::vector<std::pair<double, double>> points;
  for (const auto& [x, y] : series.points) {
    const double place = chart.is_log_x ? std::log10(x) : x;
    if (is_drawable(place) && is_drawable(y)) points.emplace_back(place, y);
  }
  if (points.size() <= kMostPoints) return points;
  std::vector<std::pair<double, double>> taken;
  for (size_t i = 0; i < kMostPoints; ++i)
    taken.push_back(points[i * (points.size() - 1) / (kMostPoints - 1)]);
  return taken;
}

std::string value_label(double value, bool is_share) {
  return is_share ? fmt::format("{:.4g} %", 100 * value) : tick_label(value);
}

Frame make_frame(const Chart& chart) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double x_low = kInfinity, x_high = -kInfinity, y_low = kInfinity, y_high = -kInfinity;
  for (const Series& series : chart.series)
    for (const auto& [x, y] : drawn_points(chart, series)) {
      x_low = std::min(x_low, x);
      x_high = std::max(x_high, x);
      y_low = std::min(y_low, y);
      y_high = std::max(y_high, y);
    }
  Frame frame{.x = chart.is_log_x ? make_log_axis(std::pow(10, x_low), std::pow(10, x_high))
                                  : make_axis(std::min(x_low, 0.0), x_high, 6),
              .y = make_axis(y_low, y_high, 5)};
  // Curves fill the width, from step 0 on: round numbers are for the ticks alone.
  if (x_high > x_low) {
    frame.x.low = chart.is_log_x ? x_low : std::min(x_low, 0.0);
    frame.x.high = x_high;
  }
  std::erase_if(frame.x.ticks, [&](double tick) { return tick < frame.x.low || tick > frame.x.high; });
  constexpr double kWidestCharacter = 11;  // on a phone, where text is larger
  for (const double tick : frame.y.ticks) {
    const auto length = static_cast<double>(value_label(tick, chart.is_share).size());
    frame.left = std::max(frame.left, kWidestCharacter * length + 10);
  }
  return frame;
}

std::string last_value(double value, bool is_share) {
  return is_share ? fmt::format("{:.2f} %", 100 * value) : tick_label(value);
}

const char* style_of(const Series& series) {
  return series.is_reference ? " reference" : series.is_faint ? " faint" : "";
}

// What a place on the x-axis stands for.
double x_value(const Chart& chart, double place) { return chart.is_log_x ? std::pow(10, place) : place; }

std::string grid(const Chart& chart, const Frame& frame) {
  std::string svg;
  for (const double tick : frame.y.ticks)
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
        frame.left, kWidth - kRight, frame.y_of(tick), frame.y_of(tick), frame.left - 7, frame.y_of(tick) + 4,
        value_label(tick, chart.is_share));
  for (const double tick : frame.x.ticks)
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", frame.x_of(tick),
                       kHeight - kBottom + 18, tick_label(x_value(chart, tick)));
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                     (frame.left + kWidth - kRight) / 2, kHeight - 5, escaped(chart.x_label));
  return svg;
}

std::string curve(const Chart& chart, const Series& series, const Frame& frame) {
  const auto points = drawn_points(chart, series);
  std::string coordinates;
  for (const auto& [x, y] : points)
    coordinates +=
        fmt::format("{}{:.1f},{:.1f}", coordinates.empty() ? "" : " ", frame.x_of(x), frame.y_of(y));
  std::string svg = fmt::format("<polyline class=\"s{}{}\" points=\"{}\"><title>{}</title></polyline>",
                                series.color, style_of(series), coordinates, escaped(series.name));
  // Few points are seen, and tell their values; a single one is no line at all.
  constexpr size_t kMostDots = 60;
  if (series.is_reference || series.is_faint || points.size() > kMostDots) return svg;
  for (const auto& [x, y] : points)
    svg += fmt::format(
        "<circle class=\"s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}: {} at {} {}</title>"
        "</circle>",
        series.color, frame.x_of(x), frame.y_of(y), escaped(series.name), value_label(y, chart.is_share),
        escaped(chart.x_label), x_value(chart, x));
  return svg;
}

}  // namespace

std::string to_html(const Chart& chart) {
  const bool has_points = std::any_of(chart.series.begin(), chart.series.end(), [&](const Series& series) {
    return !drawn_points(chart, series).empty();
  });
  if (!has_points) return {};
  const Frame frame = make_frame(chart);
  std::string html = fmt::format(
      "<figure class=\"chart\"><figcaption>{}</figcaption><svg viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-label=\"{}\">{}",
      escaped(chart.title), kWidth, kHeight, escaped(chart.title), grid(chart, frame));
  for (const Series& series : chart.series) html += curve(chart, series, frame);
  html += "</svg><ul class=\"legend\">";
  for (const Series& series : chart.series) {
    const auto points = drawn_points(chart, series);
    if (points.empty() || !series.is_listed) continue;
    html += fmt::format(
        "<li><i class=\"s{}{}\"></i>{} <b>{}</b></li>", series.color, style_of(series), escaped(series.name),
        series.value.empty() ? last_value(points.back().second, chart.is_share) : escaped(series.value));
  }
  return html + "</ul></figure>";
}

}  // namespace retort::report
