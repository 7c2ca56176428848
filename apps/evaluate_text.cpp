// SPDX-License-Identifier: MIT
#include "apps/evaluate_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "retort/core/text.h"

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

std::string reliability_diagram(const std::vector<metrics::ReliabilityBin>& bins) {
  constexpr double kBar = 44;
  std::string text = "confidence  pictures  accuracy\n";
  for (const metrics::ReliabilityBin& bin : bins) {
    if (bin.samples == 0) continue;
    std::string bar(static_cast<size_t>(std::lround(kBar * bin.accuracy)), '#');
    const auto mark = static_cast<size_t>(std::lround(kBar * bin.confidence));
    bar.resize(std::max(bar.size(), mark + 1), ' ');
    bar[mark] = '|';
    text += fmt::format("{:.2f}-{:.2f}  {:>9}  {:>6.1f} %  {}\n", bin.low, bin.high, bin.samples,
                        100 * bin.accuracy, bar);
  }
  return text;
}

std::string class_table(const std::vector<metrics::ClassQuality>& classes,
                        const std::vector<std::string>& names) {
  std::string text =
      fmt::format("{:<16} {:>9} {:>9} {:>9} {:>9}\n", "class", "pictures", "right", "chosen", "rightly");
  for (size_t i = 0; i < classes.size(); ++i) {
    const metrics::ClassQuality& figures = classes[i];
    text += fmt::format("{:<16} {:>9} {:>7.2f} % {:>8} {:>7.2f} %\n",
                        i < names.size() ? printable(names[i], 16) : fmt::format("{}", i), figures.samples,
                        percent(figures.hits, figures.samples), figures.predicted,
                        percent(figures.hits, figures.predicted));
  }
  return text;
}

}  // namespace retort::apps
