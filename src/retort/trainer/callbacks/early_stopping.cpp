// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/early_stopping.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

EarlyStopping::EarlyStopping(EarlyStoppingOptions options, Console& console)
    : options_(std::move(options)), console_(console) {}

void EarlyStopping::on_fit_start(Trainer& trainer) {
  if (has_ended_) trainer.request_end();  // a resume does not change its mind
}

void EarlyStopping::on_validation_end(Trainer& trainer, const metrics::Classification&) {
  if (!options_.monitor.starts_with("train/")) look(trainer);
}

void EarlyStopping::on_train_epoch_end(Trainer& trainer, const EpochResult&) {
  if (options_.monitor.starts_with("train/")) look(trainer);
}

void EarlyStopping::look(Trainer& trainer) {
  const auto value = trainer.metric(options_.monitor);
  if (!value) {
    if (!options_.strict) return;
    std::vector<std::string> known;
    for (const auto& [name, figure] : trainer.progress().metrics) known.push_back(name);
    throw Error(ExitCode::config,
                fmt::format("callbacks.early_stopping.monitor: no figure is called '{}'; there are: {}",
                            printable(options_.monitor), join(known, ", ")));
  }
  const std::string reason = judge(*value);
  if (reason.empty()) return;
  has_ended_ = true;
  console_.say(fmt::format("early stopping: {} {}", options_.monitor, reason));
  trainer.request_end();
}

std::string EarlyStopping::judge(double value) {
  const auto is_beyond = [&](const std::optional<double>& bound, bool better) {
    return bound &&
           (better ? is_better(value, *bound, options_.mode) : is_better(*bound, value, options_.mode));
  };
  if (options_.check_finite && !std::isfinite(value)) return fmt::format("is {}", value);
  if (is_beyond(options_.stopping_threshold, /*better=*/true))
    return fmt::format("= {:.4g} has passed its stopping_threshold {:.4g}", value,
                       *options_.stopping_threshold);
  if (is_beyond(options_.divergence_threshold, /*better=*/false))
    return fmt::format("= {:.4g} has passed its divergence_threshold {:.4g}", value,
                       *options_.divergence_threshold);
  const double gain = options_.mode == Mode::min ? -options_.min_delta : options_.min_delta;
  if (!best_ || is_better(value, *best_ + gain, options_.mode)) {
    best_ = value;
    waited_ = 0;
    return "";
  }
  if (++waited_ < options_.patience) return "";
  return fmt::format("has not improved on {:.4g} in {} looks", *best_, waited_);
}

nlohmann::json EarlyStopping::state() const {
  return {{"best", best_ ? nlohmann::json(*best_) : nlohmann::json(nullptr)},
          {"waited", waited_},
          {"has_ended", has_ended_}};
}

void EarlyStopping::load_state(const nlohmann::json& state) {
  best_.reset();
  if (!state.at("best").is_null()) best_ = state.at("best").get<double>();
  state.at("waited").get_to(waited_);
  state.at("has_ended").get_to(has_ended_);
}

}  // namespace retort::trainer
