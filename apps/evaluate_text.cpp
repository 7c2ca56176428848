// SPDX-License-Identifier: MIT
#include "apps/evaluate_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/core/text_table.h"

namespace retort::apps {
namespace {

double percent(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string quality_line(const metrics::Quality& quality) {
  return fmt::format(
      "accuracy {:.2f} % (top-5 {:.2f} %), {} errors in {}, loss {:.4f}, Brier {:.4f}, ECE {:.2f} %",
      100 * quality.accuracy_top1, 100 * quality.accuracy_top5, quality.errors, quality.samples, quality.nll,
      quality.brier, 100 * quality.ece);
}

std::string reliability_diagram(const std::vector<metrics::ReliabilityBin>& bins, bool is_unicode) {
  constexpr double kBar = 44;
  std::vector<std::vector<std::string>> rows = {{"confidence", "pictures", "accuracy", ""}};
  for (const metrics::ReliabilityBin& bin : bins) {
    if (bin.samples == 0) continue;
    const auto length = static_cast<size_t>(std::lround(kBar * bin.accuracy));
    const auto mark = static_cast<size_t>(std::lround(kBar * bin.confidence));
    std::string bar;
    for (size_t i = 0; i < std::max(length, mark + 1); ++i)
      bar += i == mark ? (is_unicode ? "│" : "|") : i >= length ? " " : is_unicode ? "█" : "#";
    rows.push_back({fmt::format("{:.2f}-{:.2f}", bin.low, bin.high), fmt::format("{}", bin.samples),
                    fmt::format("{:.1f} %", 100 * bin.accuracy), bar});
  }
  return text_table(rows, {.right = {1, 2}, .is_unicode = is_unicode});
}

std::string class_table(const std::vector<metrics::ClassQuality>& classes,
                        const std::vector<std::string>& names, bool is_unicode) {
  std::vector<std::vector<std::string>> rows = {{"class", "pictures", "right", "chosen", "rightly"}};
  for (size_t i = 0; i < classes.size(); ++i) {
    const metrics::ClassQuality& figures = classes[i];
    rows.push_back({i < names.size() ? printable(names[i], 24) : fmt::format("{}", i),
                    fmt::format("{}", figures.samples),
                    fmt::format("{:.2f} %", percent(figures.hits, figures.samples)),
                    fmt::format("{}", figures.predicted),
                    fmt::format("{:.2f} %", percent(figures.hits, figures.predicted))});
  }
  return text_table(rows, {.right = {1, 2, 3, 4}, .is_unicode = is_unicode});
}

}  // namespace retort::apps
