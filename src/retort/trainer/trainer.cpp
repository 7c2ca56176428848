// SPDX-License-Identifier: MIT
#include "retort/trainer/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <torch/utils.h>

#include "retort/core/error.h"
#include "retort/core/random.h"
#include "retort/core/stop.h"
#include "retort/models/normalization.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/gradients.h"

namespace retort::trainer {
namespace {

// Seconds since it was made, or last asked.
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

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
      parameters_(parts_.model.parameters()),
      train_batches_(options_.limit_train_batches.of(parts_.train_loader.batches_per_epoch())),
      total_steps_(planned_steps(options_, steps_per_epoch())) {
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
    const auto outcome = train_step(lr());
    result.train_seconds += clock.lap();
    if (const auto* step = std::get_if<StepResult>(&outcome)) {
      record(*step, result);
      call(&Callback::on_train_batch_end, *step);
      logged_.clear();
    } else {
      call(&Callback::on_nonfinite, std::get<NonFinite>(outcome));
    }
    if (is_validation_due() && !validate()) return false;
    progress_.is_settled = is_mid_epoch();
    if (is_mid_epoch()) call(&Callback::on_settled);
  }
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

std::variant<StepResult, NonFinite> Trainer::train_step(double lr) {
  const int64_t first = progress_.batch;
  const int64_t batches = std::min(options_.accumulate_grad_batches, train_batches_ - first);
  const auto fault = [&](const char* what, const data::Batch& batch, int64_t done) {
    const models::UnsynchronizedBatchNorm alone;  // the place is looked for in each process by itself
    NonFinite found{
        what,           find_nonfinite(parts_.model, batch.images.to(storage_dtype(options_.precision))),
        progress_.step, progress_.epoch,
        first,          lr};
    while (++done < batches) next_batch();
    progress_.batch += batches;
    ++progress_.step;
    return found;
  };
  Stopwatch clock;
  StepResult result{.losses = {}, .lr = lr};
  parts_.optimizer.zero_grad();
  data::Batch batch;
  for (int64_t i = 0; i < batches; ++i) {
    batch = next_batch();
    result.data_seconds += clock.lap();
    // Dropout draws from the default generator: seeding it by the batch makes it a function of (seed, batch),
    // with no state to save.
    torch::manual_seed(derived_seed(
        parts_.seed, RandomStream::dropout,
        static_cast<uint64_t>((progress_.epoch * train_batches_ + first + i) * parts_.strategy.size() +
                              parts_.strategy.rank())));
    methods::Losses losses;
    {
      const AutocastScope autocast(options_.precision);
      const methods::TeacherOutput teacher =
          parts_.teacher != nullptr ? parts_.teacher->answer(batch) : methods::TeacherOutput{};
      result.teacher_seconds += clock.lap();
      const models::Output student = parts_.model.forward(batch.images.to(storage_dtype(options_.precision)));
      losses = parts_.method.losses(
          {.student = student,
           .teacher = parts_.teacher != nullptr ? &teacher : nullptr,
           .batch = batch,
           .progress = static_cast<double>(progress_.step) / static_cast<double>(total_steps_)});
    }
    result.samples += add_up(losses, batch.labels.size(0), result.losses);
    result.forward_seconds += clock.lap();
    if (!std::isfinite(result.losses.front().second)) return fault("the loss", batch, i);
    parts_.strategy.backward(losses.total / static_cast<double>(options_.accumulate_grad_batches),
                             /*is_last=*/i + 1 == batches);
    result.backward_seconds += clock.lap();
  }
  const std::vector<torch::Tensor> gradients = gradients_of(parameters_);
  const double norm = gradient_norm(gradients);
  if (!std::isfinite(norm)) return fault("a gradient", batch, batches);
  if (options_.gradient_clip_val)
    clip_gradients(gradients, norm, *options_.gradient_clip_val, options_.gradient_clip_algorithm);
  parts_.optimizer.step(lr);
  result.update_seconds = clock.lap();
  result.seconds = result.data_seconds + result.teacher_seconds + result.forward_seconds +
                   result.backward_seconds + result.update_seconds;
  for (auto& [name, sum] : result.losses) sum /= static_cast<double>(result.samples);
  progress_.batch += batches;
  ++progress_.step;
  return result;
}

// Adds each loss, times the samples that it is a mean over, to `sums`; over all processes. Returns the
// samples.
int64_t Trainer::add_up(const methods::Losses& losses, int64_t samples, NamedValues& sums) {
  NamedValues batch = {{"loss", losses.total.item<double>()}};
  for (const auto& [name, term] : losses.terms) batch.emplace_back(name, term.item<double>());
  std::vector<double> values = {static_cast<double>(samples)};
  for (const auto& [name, mean] : batch) values.push_back(mean * static_cast<double>(samples));
  parts_.strategy.sum(values);
  for (size_t i = 0; i < batch.size(); ++i)
    remember(sums, batch[i].first, find(sums, batch[i].first).value_or(0) + values[i + 1]);
  return static_cast<int64_t>(values.front());
}

bool Trainer::is_stop_asked() { return parts_.strategy.any(stop_requested()); }

data::Batch Trainer::next_batch() {
  auto batch = parts_.train_loader.next();
  TORCH_CHECK(batch.has_value(), "the training data ended before the epoch");
  return std::move(*batch);
}

void Trainer::record(const StepResult& step, EpochResult& epoch) {
  for (const auto& [name, mean] : step.losses) {
    const double sum = find(progress_.loss_sums, name).value_or(0);
    remember(progress_.loss_sums, name, sum + mean * static_cast<double>(step.samples));
    remember(progress_.metrics, "train/" + name, mean);
  }
  progress_.samples += step.samples;
  epoch.train_samples += step.samples;
  epoch.lr = step.lr;
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
