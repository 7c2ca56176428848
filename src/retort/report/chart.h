// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace retort::report {

/// A curve. Points that cannot be drawn are left out.
struct Series {
  std::string name;
  int color = 0;  // of the page's palette, s0 to s7
  std::vector<std::pair<double, double>> points;
  bool is_reference = false;  // a dashed line
  bool is_faint = false;      // behind others: each step of what an epoch's mean is drawn of
  bool is_listed = true;      // in the legend
  std::string value{};        // beside its name in the legend; the last one where empty
};

struct Chart {
  std::string title, x_label;
  std::vector<Series> series;
  bool is_share = false;  // of [0, 1], shown in percent
  bool is_log_x = false;  // x, above 0, by its logarithm
};

/// The chart as a <figure> with inline SVG and a legend: a <polyline> a series, with all its points, at most
/// kMostPoints of them, evenly taken.
std::string to_html(const Chart& chart);
constexpr size_t kMostPoints = 2000;

}  // namespace retort::report
