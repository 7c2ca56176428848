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
#include "retort/data/batch_source.h"
#include "retort/methods/method.h"
#include "retort/models/model.h"
#include "retort/optim/optimizer.h"
#include "retort/optim/schedule.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/fingerprint.h"
#include "retort/trainer/options.h"
#include "retort/trainer/progress.h"
#include "retort/trainer/step.h"
#include "retort/trainer/strategy.h"

namespace retort::trainer {

/// What a training works on. Everything referred to outlives the trainer.
struct TrainingParts {
  Strategy& strategy;
  models::Model& model;
  methods::Method& method;
  methods::Teacher* teacher = nullptr;  // nothing when the method needs none
  optim::Optimizer& optimizer;
  optim::ScheduleOptions schedule{};
  double base_lr = 0;
  data::BatchSource& train_loader;
  data::BatchSource& validation_loader;
  std::string evaluation_name = "val";  // what the second one's figures are called: val or test
  uint64_t seed = 0;
  Repeater* repeater = nullptr;  // of steps that the host does not follow; nothing: it follows them
  Fingerprint fingerprint{};     // a checkpoint remembers what it was made with
};

/// A network that gives losses that are not finite is never saved: an Error (numeric).
void check_evaluation(const metrics::Classification& evaluation);

/// Trains a network, epoch after epoch; whatever else happens is a callback's.
class Trainer {
 public:
  Trainer(TrainerOptions options, TrainingParts parts, std::vector<std::unique_ptr<Callback>> callbacks);

  /// Trains until max_epochs, max_steps, a callback's request, or a stop. Where a loss or a gradient is not
  /// finite the step is not done, and the callbacks say what then; where the gradient scaler leaves it out,
  /// nobody is asked.
  void fit();
  /// By a signal; the training may be gone on with.
  bool was_stopped() const { return was_stopped_; }
  /// A signal asks for an end, here or in another process.
  bool is_stop_asked();
  /// No further step than the one that is done, once min_epochs and min_steps are reached. Not remembered in
  /// checkpoints: who asks remembers.
  void request_end() { end_was_requested_ = true; }
  bool is_done() const;

  /// Everything that the next step depends on. The tensors are the live ones: write them before the next
  /// step.
  checkpoint::Checkpoint checkpoint();
  /// And back; `folder` is named in messages.
  void load_checkpoint(const checkpoint::Checkpoint& checkpoint, const std::filesystem::path& folder);
  /// Its tensors alone: the place in the data and in the schedule stays.
  void load_tensors(const checkpoint::Checkpoint& checkpoint, const std::filesystem::path& folder);

  /// Steps on the first batches of the training data, for a look at them: step i at the rate lr(i), until
  /// `visit` says false. No hook is called, and everything is put back.
  void try_steps(int64_t steps, const std::function<double(int64_t)>& lr,
                 const std::function<bool(const StepResult&)>& visit);
  void set_base_lr(double lr) { progress_.base_lr = lr; }

  const TrainerOptions& options() const { return options_; }
  const TrainingParts& parts() const { return parts_; }
  Strategy& strategy() { return parts_.strategy; }
  const Progress& progress() const { return progress_; }
  models::Model& model() { return parts_.model; }
  int64_t train_batches() const { return train_batches_; }  // a limited epoch has
  int64_t steps_per_epoch() const;
  int64_t total_steps() const { return total_steps_; }
  /// More of the epoch follows.
  bool is_mid_epoch() const { return progress_.batch < train_batches_ && !is_done(); }
  double lr() const;  // of the next step

  /// The newest figure of a name: train/loss, train/loss_epoch, val/loss, val/accuracy_top1, ...
  std::optional<double> metric(const std::string& name) const { return find(progress_.metrics, name); }
  /// A figure for the log, beside the next row of the trainer's own.
  void log(const std::string& name, double value) { remember(logged_, name, value); }
  const NamedValues& logged() const { return logged_; }

 private:
  StepOutcome train_step(double lr, bool tells);
  bool is_telling() const;
  void record(const StepResult& step, EpochResult& epoch);
  /// False when a stop was asked for on the way.
  bool train_epoch();
  bool validate();
  bool is_validation_due() const;
  int64_t validation_batches() const;
  void check_sanity();
  template <class Hook, class... Arguments>
  void call(Hook hook, const Arguments&... arguments);

  TrainerOptions options_;
  TrainingParts parts_;
  std::vector<std::unique_ptr<Callback>> callbacks_;
  int64_t train_batches_;
  int64_t total_steps_;
  std::unique_ptr<Step> step_;
  Progress
      progress_{};  // with the model, the optimizer and the callbacks, all that changes from step to step
  NamedValues logged_{};  // since the last row
  bool was_stopped_ = false, end_was_requested_ = false;
};

}  // namespace retort::trainer
