// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "retort/core/console.h"
#include "retort/trainer/callback.h"

namespace retort::trainer {

/// trainer.profiler=simple: a table at the end of where the time of training went.
class SimpleProfiler : public Callback {
 public:
  explicit SimpleProfiler(Console& console);

  void on_fit_start(Trainer& trainer) override;
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_evaluation_start(Trainer& trainer) override;
  void on_evaluation_end(Trainer& trainer) override;
  void on_fit_end(Trainer& trainer) override;
  std::string name() const override { return "simple_profiler"; }

 private:
  Console& console_;
  std::chrono::steady_clock::time_point start_{}, evaluation_start_{};
  StepResult sums_{};  // of its seconds
  double evaluation_seconds_ = 0;
  int64_t steps_ = 0, evaluations_ = 0;
};

}  // namespace retort::trainer
