// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "retort/core/console.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"

namespace retort::trainer {

/// A learning rate and the smoothed loss after a step at it.
using RateCurve = std::vector<std::pair<double, double>>;

/// Where the loss falls fastest from step to step, the first steps and the last left out; nothing where it
/// falls nowhere. Smith, Cyclical Learning Rates (arXiv:1506.01186), section 3.3.
std::optional<double> suggested_rate(const RateCurve& curve);

/// The curve as lines of text, the rate to the right; `marked` is shown by another sign.
std::string plot(const RateCurve& curve, double marked, int width, int height);

/// Before the first step: steps at rates that grow from min_lr to max_lr, which are then forgotten; shows the
/// curve, writes learning_rate_finder.csv, and sets the schedule's peak to the suggestion.
class LearningRateFinder : public Callback {
 public:
  LearningRateFinder(LearningRateFinderOptions options, Console& console,
                     std::filesystem::path run_directory);

  void on_fit_start(Trainer& trainer) override;
  std::string name() const override { return "learning_rate_finder"; }

 private:
  RateCurve measure(Trainer& trainer) const;

  LearningRateFinderOptions options_;
  Console& console_;
  std::filesystem::path run_directory_;
};

}  // namespace retort::trainer
