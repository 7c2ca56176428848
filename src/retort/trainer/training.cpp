// SPDX-License-Identifier: MIT
#include "retort/trainer/training.h"

#include <chrono>
#include <optional>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/utils.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/random.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/methods/method.h"
#include "retort/methods/recorded_teacher.h"
#include "retort/tracking/registry.h"
#include "retort/trainer/callbacks/checkpointing.h"
#include "retort/trainer/callbacks/max_norm.h"
#include "retort/trainer/callbacks/metric_log.h"
#include "retort/trainer/callbacks/progress_bar.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/recorded_logits.h"
#include "retort/trainer/resume.h"
#include "retort/trainer/teacher_form.h"
#include "retort/trainer/teachers.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

// metrics.csv of the run that is gone on with, so that the new run's file tells the whole story.
void carry_over_metrics(const fs::path& from, const fs::path& to) {
  constexpr uint64_t kLargestFile = uint64_t{1} << 30;
  if (!fs::exists(from / "metrics.csv") || fs::equivalent(from, to)) return;
  write_file_atomically(to / "metrics.csv",
                        read_file(from / "metrics.csv", kLargestFile, ExitCode::checkpoint));
}

void say_summary(Console& console, const std::vector<LoadedNetwork>& teachers,
                 const models::Architecture& architecture, const models::Cost& cost, const models::Task& task,
                 Role role) {
  std::vector<models::SummaryRow> rows;
  for (const LoadedNetwork& teacher : teachers)
    rows.push_back({"teacher", teacher.architecture.label(), models::measure_cost(*teacher.model, task)});
  rows.push_back({role == Role::teacher ? "teacher" : "student", architecture.label(), cost});
  console.say(models::summary_table(rows));
}

}  // namespace

TrainingResult run_training(const TrainingOptions& options, const data::DataModule& data,
                            const fs::path& run_directory, Console& console) {
  // Before the first operation: OpenMP's threads take the setting over from the one that starts them.
  at::globalContext().setFlushDenormal(true);
  if (options.trainer.num_threads > 0) at::set_num_threads(options.trainer.num_threads);
  const models::Task task = task_of(data.train);
  if (options.role == Role::teacher) prepare_teacher_folder(options);

  const auto method = options.role == Role::distill ? methods::make_method(options.method, options.teacher)
                                                    : methods::make_supervised();
  std::vector<LoadedNetwork> teachers;
  std::unique_ptr<methods::Teacher> teacher;
  if (method->needs_teacher() && options.teacher.logits) {
    teacher = methods::make_recorded_teacher(load_recorded_logits(options, data, console));
  } else if (method->needs_teacher()) {
    teachers = load_teachers(options, data, console);
    teacher = make_teacher(options, teachers, data, console);
  }

  torch::manual_seed(derived_seed(options.seed, RandomStream::initialization, /*step=*/0));
  const auto model = models::make_model(options.trained_architecture(), task);
  const models::Cost cost = models::measure_cost(*model, task);
  if (options.trainer.enable_model_summary)
    say_summary(console, teachers, options.trained_architecture(), cost, task, options.role);
  for (const LoadedNetwork& loaded : teachers)
    for (const torch::Tensor& parameter : loaded.model->parameters())
      TORCH_CHECK(!parameter.requires_grad(), "a parameter of the teacher would be trained");
  const auto optimizer = optim::make_optimizer(options.optimizer, checkpoint::parameters_of(*model));

  data::Loader train_loader(data.train, data.train_ids, data.normalization,
                            {.batch_size = options.data.batch_size,
                             .augmentation = options.data.augmentation,
                             .shuffle = true,
                             .seed = options.seed,
                             .threads = options.data.loader_threads});
  const auto test_loader =
      make_evaluation_loader(data.test, all_ids(data.test), data.normalization, options.data);
  // Only held-out training pictures may choose a checkpoint; without any, the test set shows a curve and
  // chooses nothing.
  const bool has_validation = !data.validation_ids.empty();
  const std::string evaluation_name = has_validation ? "val" : "test";
  const auto validation_loader = make_evaluation_loader(
      has_validation ? data.train : data.test, has_validation ? data.validation_ids : all_ids(data.test),
      data.normalization, options.data);

  std::optional<ResumePoint> resume;
  if (options.trainer.ckpt_path) {
    resume = find_resume_point(*options.trainer.ckpt_path, run_directory, options.fingerprint, console);
    carry_over_metrics(resume->run_directory, run_directory);
  }
  Provenance provenance{.architecture = options.trained_architecture(),
                        .data = options.data.name,
                        .normalization = data.normalization};
  std::vector<std::unique_ptr<Callback>> callbacks;
  if (options.trainer.weight_max_norm)
    callbacks.push_back(std::make_unique<MaxNorm>(*options.trainer.weight_max_norm));
  callbacks.push_back(
      std::make_unique<ProgressBar>(console, options.trainer.enable_progress_bar, evaluation_name));
  callbacks.push_back(std::make_unique<MetricLog>(
      console,
      tracking::make_trackers(options.trackers, run_directory, resume ? resume->checkpoint.step : -1),
      evaluation_name));
  if (options.trainer.enable_checkpointing)
    callbacks.push_back(
        std::make_unique<Checkpointing>(console, checkpoint::CheckpointStore(run_directory / "checkpoints"),
                                        has_validation, provenance.to_metadata()));

  Trainer trainer(options.trainer,
                  {.model = *model,
                   .method = *method,
                   .teacher = teacher.get(),
                   .optimizer = *optimizer,
                   .schedule = options.schedule,
                   .base_lr = options.optimizer.lr,
                   .train_loader = train_loader,
                   .validation_loader = *validation_loader,
                   .seed = options.seed,
                   .fingerprint = options.fingerprint},
                  std::move(callbacks));
  if (resume) {
    trainer.load_checkpoint(resume->checkpoint, resume->folder);
    console.say(fmt::format("resuming from {}: epoch {}, step {}", printable(resume->folder.string()),
                            trainer.progress().epoch, trainer.progress().step));
  }
  const auto start = std::chrono::steady_clock::now();
  trainer.fit();
  const auto stopped = [&] {
    if (!options.trainer.enable_checkpointing)
      return Error(ExitCode::interrupted, fmt::format("stopped by a signal after step {}; nothing was saved "
                                                      "(trainer.enable_checkpointing=false)",
                                                      trainer.progress().step));
    return Error(ExitCode::interrupted,
                 fmt::format("stopped by a signal after step {}; go on with trainer.ckpt_path={}",
                             trainer.progress().step, printable(run_directory.string())));
  };
  if (trainer.was_stopped()) throw stopped();

  TrainingResult result{
      .cost = cost,
      .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
  const int64_t test_batches = options.trainer.limit_test_batches.of(test_loader->batches_per_epoch());
  const auto test = evaluate(*model, *test_loader, test_batches, options.trainer.precision,
                             [](int64_t, int64_t) { return !stop_requested(); });
  if (!test) throw stopped();
  result.test = *test;
  if (has_validation) result.validation = trainer.evaluation();
  if (test->samples > 0) check_evaluation(*test);
  // The record that a teacher is held to later; a part of the test set would be another figure.
  if (test->samples == data.test.size()) provenance.test_accuracy = test->accuracy_top1;
  const fs::path last = run_directory / "checkpoints/last/model.safetensors";
  if (fs::exists(last)) result.weights_file = last;
  if (options.role == Role::teacher)
    result.weights_file = publish_teacher(options, *model, provenance, console);
  return result;
}

}  // namespace retort::trainer
