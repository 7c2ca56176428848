// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "retort/trainer/callback.h"

namespace retort::trainer {

/// What a training took, the parts before a resume added up: what was done after the checkpoint that it was
/// resumed from is done again, and counts once.
class Effort : public Callback {
 public:
  void on_fit_start(Trainer& trainer) override;
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;

  /// From the first step on, evaluations and saves counted.
  double seconds() const;
  /// In training steps alone; 0 before the first.
  double images_per_second() const;

  std::string name() const override { return "effort"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;

 private:
  double earlier_seconds_ = 0;  // of the parts before the resume
  double step_seconds_ = 0;
  int64_t samples_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace retort::trainer
