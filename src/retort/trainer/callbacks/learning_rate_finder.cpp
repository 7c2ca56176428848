// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/learning_rate_finder.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "retort/core/file.h"
#include "retort/tracking/rate_curve.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

std::optional<double> suggested_rate(const RateCurve& curve) {
  constexpr size_t kFirst = 10, kLast = 1;  // left out: the average has not settled, the loss explodes
  std::optional<double> best;
  double steepest = 0;
  for (size_t i = kFirst + 1; i + kLast + 1 < curve.size(); ++i) {
    const double slope = (curve[i + 1].second - curve[i - 1].second) / 2;
    if (slope >= steepest) continue;
    steepest = slope;
    best = curve[i].first;
  }
  return best;
}

std::string plot(const RateCurve& curve, double marked, int width, int height) {
  if (curve.size() < 2) return "";
  const auto by_loss = [](const auto& a, const auto& b) { return a.second < b.second; };
  const double least = std::min_element(curve.begin(), curve.end(), by_loss)->second;
  const double most = std::max_element(curve.begin(), curve.end(), by_loss)->second;
  std::vector<std::string> rows(static_cast<size_t>(height), std::string(static_cast<size_t>(width), ' '));
  for (size_t i = 0; i < curve.size(); ++i) {
    const auto column = i * static_cast<size_t>(width - 1) / (curve.size() - 1);
    const double share = most > least ? (most - curve[i].second) / (most - least) : 1;
    const auto row = static_cast<size_t>(std::lround(share * (height - 1)));
    char& cell = rows[row][column];
    if (cell != 'X') cell = curve[i].first == marked ? 'X' : '*';
  }
  std::string text;
  for (size_t row = 0; row < rows.size(); ++row) {
    const bool has_label = row == 0 || row + 1 == rows.size();
    text += fmt::format("{:>9} |{}\n", has_label ? fmt::format("{:.3g}", row == 0 ? most : least) : "",
                        rows[row].substr(0, rows[row].find_last_not_of(' ') + 1));
  }
  return text + fmt::format("{:>9} +{:-<{}}\n{:>9}  {:<{}.1e}{:.1e}", "loss", "", width, "lr",
                            curve.front().first, width - 7, curve.back().first);
}

LearningRateFinder::LearningRateFinder(LearningRateFinderOptions options, Console& console,
                                       std::filesystem::path run_directory)
    : options_(options), console_(console), run_directory_(std::move(run_directory)) {}

RateCurve LearningRateFinder::measure(Trainer& trainer) const {
  constexpr double kSmoothing = 0.98;
  const auto rate = [&](int64_t i) {
    const double share = static_cast<double>(i) / static_cast<double>(options_.num_training_steps - 1);
    if (options_.is_linear) return options_.min_lr + share * (options_.max_lr - options_.min_lr);
    return options_.min_lr * std::pow(options_.max_lr / options_.min_lr, share);
  };
  RateCurve curve;
  double average = 0, best = 0;
  trainer.try_steps(options_.num_training_steps, rate, [&](const StepResult& step) {
    average = kSmoothing * average + (1 - kSmoothing) * step.losses.front().second;
    // Unbiased: the average has begun at 0.
    const double loss = average / (1 - std::pow(kSmoothing, static_cast<double>(curve.size() + 1)));
    curve.emplace_back(step.lr, loss);
    best = curve.size() == 1 ? loss : std::min(best, loss);
    const bool explodes =
        options_.early_stop_threshold && curve.size() > 1 && loss > *options_.early_stop_threshold * best;
    return !explodes && !trainer.is_stop_asked();
  });
  return curve;
}

void LearningRateFinder::on_fit_start(Trainer& trainer) {
  if (trainer.progress().step > 0) return;  // a resumed run has its rate
  const RateCurve curve = measure(trainer);
  const auto suggestion = suggested_rate(curve);
  if (trainer.strategy().is_main())
    write_file_atomically(run_directory_ / "learning_rate_finder.csv",
                          tracking::to_csv({.points = curve, .suggestion = suggestion}));
  if (!suggestion) {
    console_.warn(
        fmt::format("the learning-rate finder saw no falling loss in {} steps: the rate stays {:.3g}",
                    curve.size(), trainer.progress().base_lr));
    return;
  }
  console_.say(plot(curve, *suggestion, std::min(console_.width() - 12, 72), /*height=*/12));
  if (options_.update_attr) trainer.set_base_lr(*suggestion);
  console_.say(fmt::format("learning rate {:.3g} (X): the loss falls fastest there{}", *suggestion,
                           options_.update_attr ? "" : "; not used (update_attr=false)"));
}

}  // namespace retort::trainer
