// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "retort/metrics/classification.h"

namespace retort::trainer {

class Trainer;

using NamedValues = std::vector<std::pair<std::string, double>>;

/// One optimizer step that was done.
struct StepResult {
  NamedValues losses;  // "loss" first, then the method's terms
  double lr = 0;       // the rate it was done at
  int64_t samples = 0;
  double seconds = 0;          // all of it
  double data_seconds = 0;     // of these, waiting for the batch
  double teacher_seconds = 0;  // of these, the teacher's answer
};

/// One epoch that was done.
struct EpochResult {
  NamedValues losses;  // means over the epoch's samples
  double lr = 0;       // of the last step
  std::optional<metrics::Classification> evaluation;
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
  virtual void on_train_batch_end(Trainer&, const StepResult&) {}
  virtual void on_validation_batch_end(Trainer&, int64_t /*done*/, int64_t /*batches*/) {}
  virtual void on_train_epoch_end(Trainer&, const EpochResult&) {}
  /// A stop was asked for: the last step is whole, the epoch is not.
  virtual void on_stop(Trainer&) {}
  virtual void on_fit_end(Trainer&) {}

  /// What this callback must remember through a resume, under its name in the checkpoint.
  virtual std::string name() const = 0;
  virtual nlohmann::json state() const;
  virtual void load_state(const nlohmann::json&) {}
};

}  // namespace retort::trainer
