// SPDX-License-Identifier: MIT
#include "retort/trainer/training_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/config/reader.h"
#include "retort/methods/method_options.h"
#include "retort/tracking/options.h"

namespace retort::trainer {
namespace {

// In the order of Role's enumerators.
const std::vector<std::string>& role_names() {
  static const std::vector<std::string> names = {"teacher", "student", "distill"};
  return names;
}

// What each group takes by itself, and what cannot be together.
void check_together(config::Reader& reader, TrainingOptions& options) {
  const TrainerOptions& trainer = options.trainer;
  CallbacksOptions& callbacks = options.callbacks;
  const bool has_end = trainer.max_epochs > 0 || trainer.max_steps >= 0;
  if ((options.schedule.name == "cosine" || options.schedule.name == "one_cycle") && !has_end)
    reader.fail("schedule", fmt::format("{} needs an end: give trainer.max_epochs or trainer.max_steps",
                                        options.schedule.name == "cosine" ? "a cosine" : "one cycle"));
  if (trainer.max_time_seconds) {
    if (callbacks.timer && callbacks.timer->duration_seconds)
      reader.fail("callbacks", "callbacks.timer.duration and trainer.max_time are the same thing: give one");
    if (!callbacks.timer) callbacks.timer.emplace();
    callbacks.timer->duration_seconds = trainer.max_time_seconds;
  }
  const auto& limit = trainer.limit_val_batches;
  const bool has_validation = options.data.validation_size > 0 && limit.count != 0 && limit.share > 0;
  if (callbacks.early_stopping && callbacks.early_stopping->monitor.starts_with("val/") && !has_validation)
    reader.fail("callbacks",
                "callbacks.early_stopping waits for a val/ figure, and there is no validation: "
                "data.validation_size or trainer.limit_val_batches is 0");
  if (const auto& swa = callbacks.stochastic_weight_averaging; swa) {
    if (!swa->epoch_start && trainer.max_epochs < 0)
      reader.fail("callbacks",
                  "callbacks.stochastic_weight_averaging.swa_epoch_start is a share of trainer.max_epochs, "
                  "which has no limit: give the epoch");
    if (swa->epoch_start && trainer.max_epochs > 0 && *swa->epoch_start >= trainer.max_epochs)
      reader.fail("callbacks",
                  "callbacks.stochastic_weight_averaging.swa_epoch_start is after the last epoch");
  }
  if (trainer.on_nonfinite == NonFinitePolicy::rollback && !callbacks.model_checkpoint)
    reader.fail("callbacks", "trainer.on_nonfinite=rollback needs callbacks.model_checkpoint");
  if (options.resumes_by_itself && trainer.ckpt_path)
    reader.fail("resume", "resume=auto finds the checkpoint itself: leave out trainer.ckpt_path");
}

}  // namespace

TrainingOptions TrainingOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  TrainingOptions options;
  config::Reader model = reader.child("model");
  const std::string role = model.choice("name", role_names());
  options.role =
      static_cast<Role>(std::find(role_names().begin(), role_names().end(), role) - role_names().begin());
  options.teacher_architecture = models::Architecture::from(model.node("teacher"), "model.teacher");
  options.student_architecture = models::Architecture::from(model.node("student"), "model.student");
  model.finish();
  options.data = data::DataOptions::from(reader.node("data"));
  options.teacher = methods::TeacherOptions::from(reader.node("teacher"));
  options.method = reader.node("method");
  methods::check_method_options(options.method);
  options.optimizer = optim::OptimizerOptions::from(reader.node("optimizer"));
  options.schedule = optim::ScheduleOptions::from(reader.node("schedule"));
  options.trainer = TrainerOptions::from(reader.node("trainer"));
  if (reader.has("callbacks")) options.callbacks = CallbacksOptions::from(reader.node("callbacks"));
  reader.ignore("callbacks");
  options.resumes_by_itself = reader.choice("resume", {"never", "auto"}) == "auto";
  options.tracking = tracking::TrackerOptions::from(reader);
  options.seed = static_cast<uint64_t>(reader.integer("seed", {.at_least = 0}));
  reader.finish();
  check_together(reader, options);
  options.config = config;
  options.fingerprint = fingerprint_of(config);
  return options;
}

void TrainingOptions::set_batch_size(int64_t size) {
  data.batch_size = size;
  config.set(kBatchSize, config::Node(size));
  fingerprint = fingerprint_of(config);
}

}  // namespace retort::trainer
