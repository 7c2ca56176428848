// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "retort/core/console.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"

namespace retort::trainer {

/// Adds up the time of training, over resumes, and ends it when its duration is over.
class Timer : public Callback {
 public:
  Timer(TimerOptions options, Console& console);

  void on_fit_start(Trainer& trainer) override;
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  void on_fit_end(Trainer& trainer) override;

  std::string name() const override { return "timer"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;

 private:
  double elapsed_seconds() const;
  void look(Trainer& trainer);

  TimerOptions options_;
  Console& console_;
  double earlier_seconds_ = 0;  // of the parts before the resume
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace retort::trainer
