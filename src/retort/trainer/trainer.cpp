// SPDX-License-Identifier: MIT
#include "retort/trainer/trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/stop.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/stopwatch.h"

namespace retort::trainer {
namespace {

int64_t planned_steps(const TrainerOptions& options, int64_t steps_per_epoch) {
  int64_t steps = std::numeric_limits<int64_t>::max();
  if (options.max_epochs > 0) steps = options.max_epochs * steps_per_epoch;
  if (options.max_steps >= 0) steps = std::min(steps, options.max_steps);
  return steps;
}

}  // namespace

Trainer::Trainer(TrainerOptions options, TrainingParts parts,
                 std::vector<std::unique_ptr<Callback>> callbacks)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      callbacks_(std::move(callbacks)),
      train_batches_(options_.limit_train_batches.of(parts_.train_loader.batches_per_epoch())),
      total_steps_(planned_steps(options_, steps_per_epoch())),
      step_(make_step(options_, {.strategy = parts_.strategy,
                                 .model = parts_.model,
                                 .method = parts_.method,
                                 .teacher = parts_.teacher,
                                 .optimizer = parts_.optimizer,
                                 .batches = parts_.train_loader,
                                 .seed = parts_.seed,
                                 .repeater = parts_.repeater})) {
  progress_.base_lr = parts_.base_lr;
  if (train_batches_ == 0)
    throw Error(ExitCode::config,
                "trainer.limit_train_batches leaves no batch to train on: give a whole number of batches, or "
                "a larger share");
  const auto& interval = options_.val_check_interval.count;
  if (interval && options_.check_val_every_n_epoch && *interval > train_batches_)
    throw Error(ExitCode::config,
                fmt::format("trainer.val_check_interval={} is more than the {} batches of an "
                            "epoch: trainer.check_val_every_n_epoch=null counts across them",
                            *interval, train_batches_));
}

template <class Hook, class... Arguments>
void Trainer::call(Hook hook, const Arguments&... arguments) {
  for (auto& callback : callbacks_) std::invoke(hook, *callback, *this, arguments...);
}

void Trainer::fit() {
  call(&Callback::on_fit_start);
  check_sanity();
  while (!is_done() || !progress_.is_settled) {
    if (!train_epoch()) {
      was_stopped_ = true;
      call(&Callback::on_stop);
      return;
    }
    call(&Callback::on_settled);
  }
  call(&Callback::on_fit_end);
}

bool Trainer::train_epoch() {
  EpochResult result{.epoch = progress_.epoch};
  call(&Callback::on_train_epoch_start);
  if (is_validation_due() && !validate()) return false;  // a stop had broken it off
  Stopwatch clock;
  parts_.model.train();
  parts_.train_loader.start_epoch(progress_.epoch, progress_.batch);
  while (is_mid_epoch()) {
    if (is_stop_asked()) return false;
    parts_.strategy.begin_step(progress_.step);
    progress_.is_settled = false;
    call(&Callback::on_train_batch_start);
    clock.lap();
    const auto outcome = train_step(lr(), is_telling());
    result.train_seconds += clock.lap();
    if (const auto* step = std::get_if<StepResult>(&outcome)) {
      record(*step, result);
      call(&Callback::on_train_batch_end, *step);
      logged_.clear();
    } else if (const auto* fault = std::get_if<NonFinite>(&outcome)) {
      call(&Callback::on_nonfinite, *fault);
    }
    if (is_validation_due() && !validate()) return false;
    progress_.is_settled = is_mid_epoch();
    if (is_mid_epoch()) call(&Callback::on_settled);
  }
  const auto untold = step_->take_untold();
  if (const auto* sums = std::get_if<StepResult>(&untold)) record(*sums, result);
  if (const auto* fault = std::get_if<NonFinite>(&untold)) call(&Callback::on_nonfinite, *fault);
  // Where the training ends within an epoch, its last network is looked at all the same.
  const bool ends_early = progress_.batch < train_batches_ && progress_.evaluated_step != progress_.step;
  if (ends_early && validation_batches() > 0 && !validate()) return false;
  if (progress_.samples == 0)
    throw Error(ExitCode::numeric, fmt::format("no batch of epoch {} gave a finite loss", progress_.epoch));
  for (const auto& [name, sum] : progress_.loss_sums) {
    result.losses.emplace_back(name, sum / static_cast<double>(progress_.samples));
    remember(progress_.metrics, "train/" + name + "_epoch", result.losses.back().second);
  }
  if (progress_.evaluated_step == progress_.step) result.evaluation = progress_.evaluation;
  if (progress_.batch >= train_batches_) {
    ++progress_.epoch;
    progress_.batch = progress_.samples = 0;
    progress_.loss_sums.clear();
  }
  call(&Callback::on_train_epoch_end, result);
  logged_.clear();
  progress_.is_settled = true;
  return true;
}

// Its batches are done with, whatever the outcome.
StepOutcome Trainer::train_step(double lr, bool tells) {
  const StepRequest request{
      .epoch = progress_.epoch,
      .first_batch = progress_.batch,
      .batches = std::min(options_.accumulate_grad_batches, train_batches_ - progress_.batch),
      .first_batch_of_all = progress_.epoch * train_batches_ + progress_.batch,
      .step = progress_.step,
      .progress = static_cast<double>(progress_.step) / static_cast<double>(total_steps_),
      .lr = lr,
      .tells = tells};
  StepOutcome outcome = step_->run(request);
  progress_.batch += request.batches;
  ++progress_.step;
  return outcome;
}

// A row of the log is due, or the epoch or the training ends.
bool Trainer::is_telling() const {
  const int64_t next = progress_.step + 1;
  return next % options_.log_every_n_steps == 0 || next >= total_steps_ ||
         progress_.batch + options_.accumulate_grad_batches >= train_batches_;
}

bool Trainer::is_stop_asked() { return parts_.strategy.any(stop_requested()); }

void Trainer::record(const StepResult& step, EpochResult& epoch) {
  for (const auto& [name, mean] : step.losses) remember(progress_.metrics, "train/" + name, mean);
  for (const auto& [name, sum] : step.sums)
    remember(progress_.loss_sums, name, find(progress_.loss_sums, name).value_or(0) + sum);
  progress_.samples += step.summed_samples;
  epoch.train_samples += step.samples;
  if (step.samples > 0) epoch.lr = step.lr;
}

bool Trainer::is_done() const {
  const bool has_minimum = progress_.epoch >= options_.min_epochs && progress_.step >= options_.min_steps;
  return (options_.max_epochs > 0 && progress_.epoch >= options_.max_epochs) ||
         progress_.step >= total_steps_ || (end_was_requested_ && has_minimum);
}

int64_t Trainer::steps_per_epoch() const {
  return (train_batches_ + options_.accumulate_grad_batches - 1) / options_.accumulate_grad_batches;
}

double Trainer::lr() const {
  double lr = optim::learning_rate(parts_.schedule, progress_.base_lr, progress_.step, steps_per_epoch(),
                                   total_steps_);
  for (const auto& callback : callbacks_) lr = callback->adjust_lr(*this, lr);
  return lr;
}

int64_t Trainer::validation_batches() const {
  return options_.limit_val_batches.of(parts_.validation_loader.batches_per_epoch());
}

bool Trainer::is_validation_due() const {
  if (validation_batches() == 0) return false;
  const int64_t before_epoch = progress_.epoch * train_batches_;
  if (!options_.check_val_every_n_epoch) {
    const int64_t interval = *options_.val_check_interval.count;
    return (before_epoch + progress_.batch) / interval > progress_.validated_batches / interval;
  }
  if ((progress_.epoch + 1) % *options_.check_val_every_n_epoch != 0) return false;
  const int64_t interval = std::max<int64_t>(options_.val_check_interval.of(train_batches_), 1);
  const int64_t validated = std::max<int64_t>(progress_.validated_batches - before_epoch, 0);
  return progress_.batch / interval > validated / interval;
}

bool Trainer::validate() {
  call(&Callback::on_evaluation_start);
  parts_.strategy.share_buffers(parts_.model);
  const auto evaluation = evaluate(parts_.model, parts_.validation_loader, validation_batches(),
                                   options_.precision, [&](int64_t done, int64_t all) {
                                     call(&Callback::on_validation_batch_end, done, all);
                                     return !stop_requested();
                                   });
  call(&Callback::on_evaluation_end);
  if (parts_.strategy.any(!evaluation)) return false;
  check_evaluation(*evaluation);
  progress_.evaluation = evaluation;
  progress_.evaluated_step = progress_.step;
  progress_.validated_batches = progress_.epoch * train_batches_ + progress_.batch;
  const std::string& name = parts_.evaluation_name;
  remember(progress_.metrics, name + "/loss", evaluation->loss);
  remember(progress_.metrics, name + "/accuracy_top1", evaluation->accuracy_top1);
  remember(progress_.metrics, name + "/accuracy_top5", evaluation->accuracy_top5);
  call(&Callback::on_validation_end, *evaluation);
  return true;
}

// Its figures are nobody's: the network knows nothing yet. A fault shows now, and not after an epoch.
void Trainer::check_sanity() {
  const int64_t all = validation_batches();
  const int64_t batches =
      options_.num_sanity_val_steps < 0 ? all : std::min(all, options_.num_sanity_val_steps);
  if (progress_.step > 0 || batches == 0) return;
  evaluate(parts_.model, parts_.validation_loader, batches, options_.precision,
           [](int64_t, int64_t) { return !stop_requested(); });
}

void check_evaluation(const metrics::Classification& evaluation) {
  if (!std::isfinite(evaluation.loss))
    throw Error(ExitCode::numeric,
                "the network gives losses that are not finite: its last steps spoiled it. A smaller "
                "optimizer.lr or a warm-up (schedule.warmup_epochs) usually helps");
}

}  // namespace retort::trainer
