// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "retort/checkpoint/store.h"
#include "retort/metrics/classification.h"
#include "retort/trainer/finite.h"

namespace retort::trainer {

class Trainer;

using NamedValues = std::vector<std::pair<std::string, double>>;

/// One optimizer step that was done.
struct StepResult {
  // "loss" first, then the method's terms: means over the step's samples. Empty where nobody asked a device.
  NamedValues losses{};
  // The same, summed over the samples of this step and of those before it that did not tell.
  NamedValues sums{};
  int64_t summed_samples = 0;
  double lr = 0;  // the rate it was done at
  int64_t samples = 0;
  double seconds = 0;          // all of it
  double data_seconds = 0;     // of these, waiting for batches
  double teacher_seconds = 0;  // the teacher's answers
  double forward_seconds = 0;  // of the network that is trained, and the loss
  double backward_seconds = 0;
  double update_seconds = 0;  // looking at the gradients, and the optimizer
};

/// One epoch that was done, or the part of it up to the training's end.
struct EpochResult {
  int64_t epoch = 0;
  NamedValues losses{};  // means over the epoch's samples
  double lr = 0;         // of the last step
  std::optional<metrics::Classification> evaluation{};
  double train_seconds = 0;   // of this process: an epoch that was resumed counts from there
  int64_t train_samples = 0;  // likewise
};

/// A feature of training that is not the loop: progress, logs, checkpoints. Hooks are called in the order in
/// which callbacks were given; what a hook needs besides its arguments it asks of the trainer.
class Callback {
 public:
  virtual ~Callback() = default;
  virtual void on_fit_start(Trainer&) {}
  virtual void on_train_epoch_start(Trainer&) {}
  /// The rate of the next step, from what the schedule or the callback before says.
  virtual double adjust_lr(const Trainer&, double lr) { return lr; }
  virtual void on_train_batch_start(Trainer&) {}
  virtual void on_train_batch_end(Trainer&, const StepResult&) {}
  /// The step was not done. What is thrown here ends the training; else it goes on with the next batch.
  virtual void on_nonfinite(Trainer&, const NonFinite&) {}
  /// Around every evaluation of the network, a broken-off one too.
  virtual void on_evaluation_start(Trainer&) {}
  virtual void on_evaluation_end(Trainer&) {}
  virtual void on_validation_batch_end(Trainer&, int64_t /*done*/, int64_t /*batches*/) {}
  virtual void on_validation_end(Trainer&, const metrics::Classification&) {}
  virtual void on_train_epoch_end(Trainer&, const EpochResult&) {}
  /// All that belongs to a step is done: its figures are out, its validation, the end of its epoch. The place
  /// to save: who goes on from here says nothing twice and leaves nothing out.
  virtual void on_settled(Trainer&) {}
  /// A stop was asked for: the last step is whole, what follows it may not be.
  virtual void on_stop(Trainer&) {}
  virtual void on_fit_end(Trainer&) {}

  /// What this callback must remember through a resume, under its name in the checkpoint.
  virtual std::string name() const = 0;
  virtual nlohmann::json state() const;
  virtual void load_state(const nlohmann::json&) {}
  /// Tensors: added to, or changed in, what is saved; and taken back.
  virtual void on_save_checkpoint(Trainer&, checkpoint::Checkpoint&) {}
  virtual void on_load_checkpoint(Trainer&, const checkpoint::Checkpoint&) {}
};

}  // namespace retort::trainer
