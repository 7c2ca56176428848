// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/timer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/text.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

Timer::Timer(TimerOptions options, Console& console) : options_(options), console_(console) {}

double Timer::elapsed_seconds() const {
  return earlier_seconds_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Timer::on_fit_start(Trainer& trainer) {
  start_ = std::chrono::steady_clock::now();
  look(trainer);
}

void Timer::on_train_batch_end(Trainer& trainer, const StepResult&) {
  if (options_.each_step) look(trainer);
}

void Timer::on_train_epoch_end(Trainer& trainer, const EpochResult&) { look(trainer); }

void Timer::look(Trainer& trainer) {
  if (!options_.duration_seconds) return;
  if (trainer.strategy().any(elapsed_seconds() >= *options_.duration_seconds)) trainer.request_end();
}

void Timer::on_fit_end(Trainer&) {
  console_.say(fmt::format("timer: {} of training", human_duration(elapsed_seconds())));
}

nlohmann::json Timer::state() const { return {{"elapsed_seconds", elapsed_seconds()}}; }
void Timer::load_state(const nlohmann::json& state) { state.at("elapsed_seconds").get_to(earlier_seconds_); }

}  // namespace retort::trainer
