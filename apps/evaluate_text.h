// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/metrics/quality.h"

namespace retort::apps {

/// "accuracy 98.45 % (top-5 99.99 %), 155 errors in 10000, loss 0.0493, Brier 0.0241, ECE 0.52 %"
std::string quality_line(const metrics::Quality& quality);

/// How far confidence is to be trusted: a line a bin that is not empty, a bar for the accuracy and a mark
/// where it would stand were it the confidence. At most 80 columns.
///
///     confidence  pictures  accuracy
///     ──────────────────────────────────────────────────────────────────────
///     0.93-1.00       9702    99.4 %  ██████████████████████████████████████│
std::string reliability_diagram(const std::vector<metrics::ReliabilityBin>& bins, bool is_unicode);

/// A line a class: pictures, how many of them are right, how often the class was chosen, and rightly.
std::string class_table(const std::vector<metrics::ClassQuality>& classes,
                        const std::vector<std::string>& names, bool is_unicode);

}  // namespace retort::apps
