// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace retort::trainer {

/// Lightning's `filename`: {epoch}, {step} and figures in braces stand for NAME=VALUE, with a format after a
/// colon. A slash in a name becomes an underscore: no name is ever a folder.
///
///     {epoch}-{val/accuracy_top1:.3f}    ->    epoch=7-val_accuracy_top1=0.913
///
/// What is wrong with such a pattern; empty when nothing is.
std::string checkpoint_name_problem(const std::string& pattern);

/// A figure that is not known is an Error (config).
std::string checkpoint_name(const std::string& pattern, int64_t epoch, int64_t step,
                            const std::vector<std::pair<std::string, double>>& metrics);

}  // namespace retort::trainer
