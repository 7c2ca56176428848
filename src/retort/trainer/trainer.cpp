// SPDX-License-Identifier: MIT
#include "retort/trainer/trainer.h"

#include <chrono>
#include <cmath>

#include <ATen/Context.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/utils.h>

#include "retort/core/error.h"
#include "retort/core/random.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/evaluation.h"

namespace retort::trainer {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

nlohmann::json Callback::state() const { return nlohmann::json::object(); }

Trainer::Trainer(TrainerOptions options, TrainingParts parts,
                 std::vector<std::unique_ptr<Callback>> callbacks)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      callbacks_(std::move(callbacks)),
      train_batches_(options_.limit_train_batches.of(parts_.train_loader.batches_per_epoch())),
      total_steps_(options_.max_epochs * train_batches_) {
  if (train_batches_ == 0)
    throw Error(ExitCode::config,
                "trainer.limit_train_batches leaves no batch to train on: give a whole number of batches, or "
                "a larger share");
  if (options_.max_steps >= 0) total_steps_ = std::min(total_steps_, options_.max_steps);
}

template <class Hook, class... Arguments>
void Trainer::call(Hook hook, const Arguments&... arguments) {
  for (auto& callback : callbacks_) std::invoke(hook, *callback, *this, arguments...);
}

void Trainer::fit() {
  call(&Callback::on_fit_start);
  while (progress_.epoch < options_.max_epochs && progress_.step < total_steps_) {
    EpochResult result;
    call(&Callback::on_train_epoch_start);
    if (!train_epoch(result) || !validate(result)) {
      was_stopped_ = true;
      call(&Callback::on_stop);
      return;
    }
    ++progress_.epoch;
    progress_.batch = 0;
    progress_.loss_sums.clear();
    progress_.samples = 0;
    call(&Callback::on_train_epoch_end, result);
  }
  call(&Callback::on_fit_end);
}

bool Trainer::train_epoch(EpochResult& result) {
  const auto start = std::chrono::steady_clock::now();
  parts_.model.train();
  parts_.train_loader.start_epoch(progress_.epoch, progress_.batch);
  while (progress_.batch < train_batches_ && progress_.step < total_steps_) {
    if (stop_requested()) return false;
    const auto batch = parts_.train_loader.next();
    if (!batch) break;
    const StepResult step = train_step(*batch);
    progress_.samples += step.samples;
    progress_.loss_sums.resize(step.losses.size());
    for (size_t i = 0; i < step.losses.size(); ++i) {
      progress_.loss_sums[i].first = step.losses[i].first;
      progress_.loss_sums[i].second += step.losses[i].second * static_cast<double>(step.samples);
    }
    ++progress_.batch;
    ++progress_.step;
    result.train_samples += step.samples;
    call(&Callback::on_train_batch_end, step);
  }
  result.train_seconds = seconds_since(start);
  result.losses = progress_.loss_sums;
  for (auto& [name, sum] : result.losses) sum /= static_cast<double>(progress_.samples);
  return true;
}

StepResult Trainer::train_step(const data::Batch& batch) {
  // Dropout draws from the default generator: seeding it by the step makes it a function of (seed, step),
  // with no state to save.
  torch::manual_seed(derived_seed(parts_.seed, RandomStream::dropout, static_cast<uint64_t>(progress_.step)));
  const double lr =
      optim::learning_rate(parts_.schedule, parts_.base_lr, progress_.step, train_batches_, total_steps_);
  parts_.optimizer.zero_grad();
  methods::Losses losses;
  {
    const AutocastScope autocast(options_.precision);
    const methods::TeacherOutput teacher =
        parts_.teacher != nullptr ? parts_.teacher->answer(batch) : methods::TeacherOutput{};
    const models::Output student = parts_.model.forward(batch.images);
    losses = parts_.method.losses(
        {.student = student,
         .teacher = parts_.teacher != nullptr ? &teacher : nullptr,
         .batch = batch,
         .progress = static_cast<double>(progress_.step) / static_cast<double>(total_steps_)});
  }
  StepResult result{
      .losses = {{"loss", losses.total.item<double>()}}, .lr = lr, .samples = batch.labels.size(0)};
  for (const auto& [name, term] : losses.terms) result.losses.emplace_back(name, term.item<double>());
  if (!std::isfinite(result.losses.front().second)) fail_numerically("the loss", lr);
  losses.total.backward();
  check_gradients(lr);
  parts_.optimizer.step(lr);
  return result;
}

void Trainer::fail_numerically(const char* what, double lr) const {
  throw Error(
      ExitCode::numeric,
      fmt::format(
          "{} is not finite at step {} (epoch {}, batch {}, lr {:.3g}); the step was not done. A smaller "
          "optimizer.lr or a warm-up (schedule.warmup_epochs) usually helps",
          what, progress_.step, progress_.epoch, progress_.batch, lr));
}

void Trainer::check_gradients(double lr) const {
  std::vector<torch::Tensor> gradients;
  for (const auto& parameter : parts_.model.parameters())
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  // One sum of norms is finite only when every gradient is; a norm that overflows is a step not worth taking
  // either.
  if (gradients.empty()) return;
  const torch::NoGradGuard no_grad;
  if (!std::isfinite(at::stack(at::_foreach_norm(gradients)).sum().item<double>()))
    fail_numerically("a gradient", lr);
}

bool Trainer::validate(EpochResult& result) {
  if ((progress_.epoch + 1) % options_.check_val_every_n_epoch != 0) return true;
  const int64_t batches = options_.limit_val_batches.of(parts_.validation_loader.batches_per_epoch());
  if (batches == 0) return true;
  result.evaluation = evaluate(parts_.model, parts_.validation_loader, batches, options_.precision,
                               [&](int64_t done, int64_t all) {
                                 call(&Callback::on_validation_batch_end, done, all);
                                 return !stop_requested();
                               });
  if (result.evaluation) check_evaluation(*result.evaluation);
  evaluation_ = result.evaluation;
  return result.evaluation.has_value();
}

void check_evaluation(const metrics::Classification& evaluation) {
  if (!std::isfinite(evaluation.loss))
    throw Error(ExitCode::numeric,
                "the network gives losses that are not finite: its last steps spoiled it. A smaller "
                "optimizer.lr or a warm-up "
                "(schedule.warmup_epochs) usually helps");
}

checkpoint::Checkpoint Trainer::checkpoint() const {
  checkpoint::Checkpoint checkpoint;
  checkpoint.step = progress_.step;
  checkpoint.files["model"].tensors = checkpoint::state_of(parts_.model);
  checkpoint.files["optimizer"].tensors = parts_.optimizer.state();
  nlohmann::json state = {{"fingerprint", parts_.fingerprint},
                          {"epoch", progress_.epoch},
                          {"batch", progress_.batch},
                          {"loss_sums", progress_.loss_sums},
                          {"samples", progress_.samples}};
  for (const auto& callback : callbacks_) state["callbacks"][callback->name()] = callback->state();
  checkpoint.state = state.dump();
  return checkpoint;
}

void Trainer::load_checkpoint(const checkpoint::Checkpoint& checkpoint, const std::filesystem::path& folder) {
  const auto file = [&](const std::string& name) -> const checkpoint::Weights& {
    const auto found = checkpoint.files.find(name);
    if (found == checkpoint.files.end())
      throw Error(ExitCode::checkpoint,
                  fmt::format("checkpoint {} has no {}.safetensors", printable(folder.string()), name));
    return found->second;
  };
  checkpoint::load_into(parts_.model, file("model"), folder / "model.safetensors");
  checkpoint::load_into(parts_.optimizer.state(), file("optimizer"), folder / "optimizer.safetensors");
  try {
    const auto state = nlohmann::json::parse(checkpoint.state);
    progress_.epoch = state.at("epoch").get<int64_t>();
    progress_.batch = state.at("batch").get<int64_t>();
    progress_.loss_sums = state.at("loss_sums").get<NamedValues>();
    progress_.samples = state.at("samples").get<int64_t>();
    progress_.step = checkpoint.step;
    for (auto& callback : callbacks_)
      if (state.at("callbacks").contains(callback->name()))
        callback->load_state(state.at("callbacks").at(callback->name()));
  } catch (const nlohmann::json::exception& error) {
    throw Error(ExitCode::checkpoint, fmt::format("checkpoint {}: its state is not one of ours: {}",
                                                  printable(folder.string()), error.what()));
  }
}

}  // namespace retort::trainer
