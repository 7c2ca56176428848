// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "retort/core/console.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/options.h"

namespace retort::trainer {

/// What follows an infinite or NaN loss or gradient (trainer.on_nonfinite): an Error (numeric), or the batch
/// is left out, with the network as it was before it or as its newest checkpoint has it. The schedule goes on
/// as if the step had been done, so that a run and its resume count alike.
class NonFinitePolicyCallback : public Callback {
 public:
  NonFinitePolicyCallback(const TrainerOptions& options, Console& console, std::filesystem::path checkpoints);

  void on_train_batch_start(Trainer& trainer) override;
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_nonfinite(Trainer& trainer, const NonFinite& found) override;

  std::string name() const override { return "nonfinite_policy"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;

 private:
  NonFinitePolicy policy_;
  int64_t most_;
  Console& console_;
  std::filesystem::path checkpoints_;
  std::vector<torch::Tensor> buffers_{};  // before the step: its batch has spoiled the running statistics
  int64_t count_ = 0;                     // skip: in a row; rollback: in all
};

}  // namespace retort::trainer
