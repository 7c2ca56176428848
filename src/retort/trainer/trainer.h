// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/checkpoint/store.h"
#include "retort/data/loader.h"
#include "retort/methods/method.h"
#include "retort/models/model.h"
#include "retort/optim/optimizer.h"
#include "retort/optim/schedule.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/fingerprint.h"
#include "retort/trainer/options.h"

namespace retort::trainer {

/// What a training works on. Everything referred to outlives the trainer.
struct TrainingParts {
  models::Model& model;
  methods::Method& method;
  methods::Teacher* teacher = nullptr;  // nothing when the method needs none
  optim::Optimizer& optimizer;
  optim::ScheduleOptions schedule{};
  double base_lr = 0;
  data::Loader& train_loader;
  data::Loader& validation_loader;
  uint64_t seed = 0;
  Fingerprint fingerprint{};  // a checkpoint remembers what it was made with
};

/// Where a training stands: the next step is batch `batch` of epoch `epoch`.
struct Progress {
  int64_t epoch = 0;
  int64_t batch = 0;
  int64_t step = 0;         // optimizer steps that are done
  NamedValues loss_sums{};  // over the epoch's samples so far
  int64_t samples = 0;      // in those sums
};

/// A network that gives losses that are not finite is never saved: an Error (numeric).
void check_evaluation(const metrics::Classification& evaluation);

/// Trains a network, epoch after epoch; whatever else happens is a callback's.
class Trainer {
 public:
  Trainer(TrainerOptions options, TrainingParts parts, std::vector<std::unique_ptr<Callback>> callbacks);

  /// Trains until max_epochs, max_steps, or a stop. A loss that is not finite is an Error (numeric); the step
  /// that would have used it is not done.
  void fit();
  bool was_stopped() const { return was_stopped_; }

  /// Everything that the next step depends on. The tensors are the live ones: write them before the next
  /// step.
  checkpoint::Checkpoint checkpoint() const;
  /// And back; `folder` is named in messages.
  void load_checkpoint(const checkpoint::Checkpoint& checkpoint, const std::filesystem::path& folder);

  const TrainerOptions& options() const { return options_; }
  const Progress& progress() const { return progress_; }
  models::Model& model() { return parts_.model; }
  int64_t train_batches() const { return train_batches_; }  // a limited epoch has
  int64_t total_steps() const { return total_steps_; }
  /// Of the last epoch that was evaluated.
  const std::optional<metrics::Classification>& evaluation() const { return evaluation_; }

 private:
  [[noreturn]] void fail_numerically(const char* what, double lr) const;
  void check_gradients(double lr) const;
  StepResult train_step(const data::Batch& batch);
  /// False when a stop was asked for before the epoch's end.
  bool train_epoch(EpochResult& result);
  bool validate(EpochResult& result);
  template <class Hook, class... Arguments>
  void call(Hook hook, const Arguments&... arguments);

  TrainerOptions options_;
  TrainingParts parts_;
  std::vector<std::unique_ptr<Callback>> callbacks_;
  Progress progress_;
  int64_t train_batches_;
  int64_t total_steps_;
  std::optional<metrics::Classification> evaluation_{};
  bool was_stopped_ = false;
};

}  // namespace retort::trainer
