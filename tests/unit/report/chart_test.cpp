// SPDX-License-Identifier: MIT
#include "retort/report/chart.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "retort/report/axis.h"
#include "retort/report/html.h"
#include "retort/report/text_plot.h"

namespace retort::report {
namespace {

size_t count_points(const std::string& html) {
  const size_t begin = html.find("points=\"") + 8;
  const std::string points = html.substr(begin, html.find('"', begin) - begin);
  return static_cast<size_t>(std::count(points.begin(), points.end(), ','));
}

Chart chart_of(std::vector<std::pair<double, double>> points) {
  return {
      .title = "t", .x_label = "step", .series = {{.name = "a", .color = 0, .points = std::move(points)}}};
}

TEST(Axis, HoldsItsRangeWithRoundTicks) {
  for (const auto& [low, high] :
       {std::pair{0.0, 1.0}, {0.031, 0.97}, {-5.0, 12345.0}, {1e-6, 3e-6}, {0.7, 0.7}}) {
    const Axis axis = make_axis(low, high, 5);
    EXPECT_LE(axis.low, low);
    EXPECT_GE(axis.high, high);
    EXPECT_GE(axis.ticks.size(), 3u);
    EXPECT_LE(axis.ticks.size(), 12u);
  }
  EXPECT_EQ(make_axis(0.02, 0.98, 5).ticks, (std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}));
}

TEST(Axis, HoldsWhatIsFarAndWhatIsNear) {
  for (const auto& [low, high] : {std::pair{-1e300, 1e300},
                                  {0.0, 5e-324},
                                  {1e-305, 3e-305},
                                  {1.0, 1.0 + 1e-16},
                                  {-1e17, -1e17},
                                  {1e300, 1e300}}) {
    const Axis axis = make_axis(low, high, 5);
    EXPECT_LE(axis.low, low);
    EXPECT_GE(axis.high, high);
    EXPECT_TRUE(std::isfinite(axis.position(low)) && std::isfinite(axis.position(high)));
    EXPECT_GE(axis.ticks.size(), 3u);
    EXPECT_LE(axis.ticks.size(), 12u);
  }
}

TEST(Axis, OfALogarithmHasPowersOfTenOrSomeBetween) {
  EXPECT_EQ(make_log_axis(2e-5, 3).ticks, (std::vector<double>{-4, -3, -2, -1, 0}));
  EXPECT_EQ(make_log_axis(0.015, 0.3).ticks.size(), 4u);  // 0.02, 0.05, 0.1, 0.2
  EXPECT_EQ(make_log_axis(0.01, 0.01).low, -2.5);
}

TEST(Chart, HasNoPlaceForZeroOnALogarithm) {
  Chart chart = chart_of({{0, 1}, {1e-3, 1}, {1, 2}, {-1, 3}});
  chart.is_log_x = true;
  const std::string html = to_html(chart);
  EXPECT_EQ(count_points(html), 2u);
  EXPECT_NE(html.find(">0.01</text>"), std::string::npos) << html;
}

TEST(Chart, DrawsEveryFinitePoint) {
  EXPECT_EQ(count_points(to_html(chart_of({{1, 1}, {2, std::nan("")}, {3, 2}, {4, INFINITY}}))), 2u);
  EXPECT_EQ(to_html(chart_of({{1, std::nan("")}})), "");
  EXPECT_EQ(count_points(to_html(chart_of({{1, 1e308}, {2, -1e308}, {3, 2}}))), 1u);
}

TEST(Chart, TakesPointsEvenlyWhereThereAreTooMany) {
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 100000; ++i) points.emplace_back(i, i % 7);
  EXPECT_EQ(count_points(to_html(chart_of(points))), kMostPoints);
}

TEST(Html, LeavesNoMarkup) {
  EXPECT_EQ(escaped("<a href='x'>&\"\x01"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot; ");
}

TEST(TextPlot, GoesFromLowerLeftToUpperRight) {
  EXPECT_EQ(text_plot("loss", {{0, 0}, {10, 1}}, /*width=*/31, /*height=*/5, /*is_unicode=*/false),
            "loss  (last 1)\n"
            "        1 |                 ***\n"
            "          |             ****\n"
            "          |       ******\n"
            "          |   ****\n"
            "        0 |***\n"
            "           0                 10\n");
}

TEST(TextPlot, HasNothingToShowWithoutPoints) { EXPECT_EQ(text_plot("x", {}, 80, 5, true), ""); }

}  // namespace
}  // namespace retort::report
