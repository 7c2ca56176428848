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

constexpr double kWidth = 640, kHeight = 300, kLeft = 64, kRight = 14, kTop = 12, kBottom = 40;

struct Frame {
  Axis x, y;

  double x_of(double value) const { return kLeft + x.position(value) * (kWidth - kLeft - kRight); }
  double y_of(double value) const {
    return kHeight - kBottom - y.position(value) * (kHeight - kTop - kBottom);
  }
};

std::vector<std::pair<double, double>> drawn_points(const Series& series) {
  std::vector<std::pair<double, double>> points;
  for (const auto& point : series.points)
    if (std::isfinite(point.first) && std::isfinite(point.second)) points.push_back(point);
  if (points.size() <= kMostPoints) return points;
  std::vector<std::pair<double, double>> taken;
  for (size_t i = 0; i < kMostPoints; ++i)
    taken.push_back(points[i * (points.size() - 1) / (kMostPoints - 1)]);
  return taken;
}

Frame make_frame(const Chart& chart) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double x_low = kInfinity, x_high = -kInfinity, y_low = kInfinity, y_high = -kInfinity;
  for (const Series& series : chart.series)
    for (const auto& [x, y] : drawn_points(series)) {
      x_low = std::min(x_low, x);
      x_high = std::max(x_high, x);
      y_low = std::min(y_low, y);
      y_high = std::max(y_high, y);
    }
  Frame frame{.x = make_axis(x_low, x_high, 6), .y = make_axis(y_low, y_high, 5)};
  // Steps fill the width: round numbers are for the ticks alone.
  if (x_high > x_low) {
    frame.x.low = x_low;
    frame.x.high = x_high;
  }
  std::erase_if(frame.x.ticks, [&](double tick) { return tick < frame.x.low || tick > frame.x.high; });
  return frame;
}

std::string value_label(double value, bool is_share) {
  return is_share ? fmt::format("{:.4g} %", 100 * value) : tick_label(value);
}

std::string grid(const Chart& chart, const Frame& frame) {
  std::string svg;
  for (const double tick : frame.y.ticks)
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
        kLeft, kWidth - kRight, frame.y_of(tick), frame.y_of(tick), kLeft - 7, frame.y_of(tick) + 4,
        value_label(tick, chart.is_share));
  for (const double tick : frame.x.ticks)
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", frame.x_of(tick),
                       kHeight - kBottom + 18, tick_label(tick));
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                     (kLeft + kWidth - kRight) / 2, kHeight - 5, escaped(chart.x_label));
  return svg;
}

std::string curve(const Chart& chart, const Series& series, const Frame& frame) {
  const auto points = drawn_points(series);
  std::string coordinates;
  for (const auto& [x, y] : points)
    coordinates +=
        fmt::format("{}{:.1f},{:.1f}", coordinates.empty() ? "" : " ", frame.x_of(x), frame.y_of(y));
  std::string svg =
      fmt::format("<polyline class=\"s{}{}\" points=\"{}\"><title>{}</title></polyline>", series.color,
                  series.is_reference ? " reference" : "", coordinates, escaped(series.name));
  // Few points are seen, and tell their values; a single one is no line at all.
  constexpr size_t kMostDots = 60;
  if (series.is_reference || points.size() > kMostDots) return svg;
  for (const auto& [x, y] : points)
    svg += fmt::format(
        "<circle class=\"s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}: {} at {} {}</title>"
        "</circle>",
        series.color, frame.x_of(x), frame.y_of(y), escaped(series.name), value_label(y, chart.is_share),
        escaped(chart.x_label), x);
  return svg;
}

}  // namespace

std::string to_html(const Chart& chart) {
  const bool has_points = std::any_of(chart.series.begin(), chart.series.end(),
                                      [](const Series& series) { return !drawn_points(series).empty(); });
  if (!has_points) return {};
  const Frame frame = make_frame(chart);
  std::string html = fmt::format(
      "<figure class=\"chart\"><figcaption>{}</figcaption><svg viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-label=\"{}\">{}",
      escaped(chart.title), kWidth, kHeight, escaped(chart.title), grid(chart, frame));
  for (const Series& series : chart.series) html += curve(chart, series, frame);
  html += "</svg><ul class=\"legend\">";
  for (const Series& series : chart.series) {
    const auto points = drawn_points(series);
    if (points.empty()) continue;
    html += fmt::format("<li><i class=\"s{}{}\"></i>{} <b>{}</b></li>", series.color,
                        series.is_reference ? " reference" : "", escaped(series.name),
                        value_label(points.back().second, chart.is_share));
  }
  return html + "</ul></figure>";
}

}  // namespace retort::report
