// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/effort.h"

#include <nlohmann/json.hpp>

namespace retort::trainer {

void Effort::on_fit_start(Trainer&) { start_ = std::chrono::steady_clock::now(); }

void Effort::on_train_batch_end(Trainer&, const StepResult& step) {
  step_seconds_ += step.seconds;
  samples_ += step.samples;
}

double Effort::seconds() const {
  return earlier_seconds_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double Effort::images_per_second() const {
  return step_seconds_ > 0 ? static_cast<double>(samples_) / step_seconds_ : 0;
}

nlohmann::json Effort::state() const {
  return {{"seconds", seconds()}, {"step_seconds", step_seconds_}, {"samples", samples_}};
}

void Effort::load_state(const nlohmann::json& state) {
  state.at("seconds").get_to(earlier_seconds_);
  state.at("step_seconds").get_to(step_seconds_);
  state.at("samples").get_to(samples_);
  start_ = std::chrono::steady_clock::now();
}

}  // namespace retort::trainer
