// SPDX-License-Identifier: MIT
#include "retort/trainer/training.h"

#include <chrono>
#include <optional>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/utils.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/random.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/methods/method.h"
#include "retort/methods/recorded_teacher.h"
#include "retort/models/latency.h"
#include "retort/tracking/fan_out.h"
#include "retort/tracking/registry.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/callback_list.h"
#include "retort/trainer/callbacks/metric_log.h"
#include "retort/trainer/callbacks/progress_bar.h"
#include "retort/trainer/ddp_strategy.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/recorded_logits.h"
#include "retort/trainer/resume.h"
#include "retort/trainer/run_recording.h"
#include "retort/trainer/teacher_form.h"
#include "retort/trainer/teachers.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

// As Module::to, which would make floats of batch normalisation's counters too.
void convert_floats(torch::nn::Module& module, torch::Dtype dtype) {
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : module.parameters()) parameter.set_data(parameter.to(dtype));
  for (torch::Tensor& buffer : module.buffers())
    if (buffer.is_floating_point()) buffer.set_data(buffer.to(dtype));
}

std::vector<models::SummaryRow> summary_rows(const std::vector<LoadedNetwork>& teachers,
                                             const models::Architecture& architecture,
                                             const models::Cost& cost, const models::Task& task, Role role) {
  std::vector<models::SummaryRow> rows;
  for (const LoadedNetwork& teacher : teachers)
    rows.push_back({"teacher", teacher.architecture.label(), models::measure_cost(*teacher.model, task)});
  rows.push_back({role == Role::teacher ? "teacher" : "student", architecture.label(), cost});
  return rows;
}

std::vector<tracking::NetworkRecord> network_records(const std::vector<models::SummaryRow>& rows) {
  std::vector<tracking::NetworkRecord> records;
  for (const models::SummaryRow& row : rows)
    records.push_back({.role = row.role,
                       .network = row.network,
                       .parameters = row.cost.parameters,
                       .parameter_bytes = row.cost.parameter_bytes,
                       .forward_flops = row.cost.forward_flops});
  return records;
}

// What a picture costs in time, in the order of network_records(). The networks stand still and the run is
// over: nothing waits for it.
void record_latencies(const std::vector<LoadedNetwork>& teachers, models::Model& model,
                      const models::Task& task, const fs::path& run_directory, tracking::RunRecord& record) {
  std::vector<models::Model*> networks;
  for (const LoadedNetwork& teacher : teachers) networks.push_back(teacher.model.get());
  networks.push_back(&model);
  for (size_t i = 0; i < networks.size(); ++i) {
    const std::vector<double> times = models::measure_latency(*networks[i], task);
    record.networks[i].latency_p50_ms = models::quantile(times, 0.5);
    record.networks[i].latency_p99_ms = models::quantile(times, 0.99);
  }
  write_file_atomically(run_directory / "run.json", tracking::to_json(record));
}

// The figures of a run that is done, as results.json.
void write_results(const TrainingResult& result, const fs::path& run_directory) {
  nlohmann::ordered_json results;
  if (result.test.samples > 0) {
    results["test/accuracy_top1"] = result.test.accuracy_top1;
    results["test/accuracy_top5"] = result.test.accuracy_top5;
    results["test/loss"] = result.test.loss;
  }
  results["parameters"] = result.cost.parameters;
  results["seconds"] = result.seconds;
  if (result.validation) {
    results["val/accuracy_top1"] = result.validation->accuracy_top1;
    results["val/loss"] = result.validation->loss;
  }
  write_file_atomically(run_directory / "results.json", results.dump(2) + "\n");
}

std::unique_ptr<Strategy> make_strategy(distributed::Group* group, models::Model& model,
                                        const TrainerOptions& options) {
  if (group == nullptr) return std::make_unique<Strategy>();
  return std::make_unique<DdpStrategy>(*group, model, options.sync_batchnorm);
}

// The configuration's, and what only the run knows.
Fingerprint fingerprint_of_run(const TrainingOptions& options, const Strategy& strategy) {
  Fingerprint fingerprint = options.fingerprint;
  fingerprint["trainer.devices"] = std::to_string(strategy.size());
  fingerprint["trainer.sync_batchnorm"] =
      strategy.size() > 1 && options.trainer.sync_batchnorm ? "true" : "false";
  return fingerprint;
}

// Rank 0 finds it, for all.
std::optional<ResumePoint> find_resume(const TrainingOptions& options, const ResumeTerms& terms,
                                       Strategy& strategy, Console& console) {
  std::optional<ResumePoint> point;
  if (strategy.is_main() && options.trainer.ckpt_path)
    point = find_resume_point(*options.trainer.ckpt_path, terms, console);
  else if (strategy.is_main() && options.resumes_by_itself)
    point = find_last(terms, console);
  const std::string folder = strategy.share(point ? fs::absolute(point->folder).string() : "");
  if (!strategy.is_main() && !folder.empty()) point = find_resume_point(folder, terms, console);
  return point;
}

// Whether the last batch of an epoch would hold one picture a process, of which batch normalisation can make
// nothing.
bool leaves_one_picture(const data::DataModule& data, int64_t batch_size, int64_t processes) {
  const int64_t rest = static_cast<int64_t>(data.train_ids.size()) % (batch_size * processes);
  return batch_size > 1 && rest / processes == 1;
}

// Ends the record of a run, and tells the person what its trackers have to say.
void finish(tracking::Tracker& tracker, Console& console, ExitCode code) {
  console.set_listener({});
  std::string words = tracker.finish(static_cast<int>(code));
  if (words.ends_with('\n')) words.pop_back();
  if (!words.empty()) console.say(words);
}

}  // namespace

TrainingResult run_training(const TrainingOptions& options, const data::DataModule& data,
                            const fs::path& own_run_directory, Console& console, distributed::Group* group,
                            const MakeReport& make_report) {
  // Before the first operation: OpenMP's threads take the setting over from the one that starts them.
  at::globalContext().setFlushDenormal(true);
  if (options.trainer.num_threads > 0) at::set_num_threads(options.trainer.num_threads);
  at::globalContext().setDeterministicAlgorithms(options.trainer.deterministic, /*warn_only=*/false);
  torch::autograd::AnomalyMode::set_enabled(options.trainer.detect_anomaly);
  const models::Task task = task_of(data.train);
  const bool is_main = group == nullptr || group->place().is_main();
  if (is_main && options.role == Role::teacher && !options.trainer.is_dev_run)
    prepare_teacher_folder(options);

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
  for (const LoadedNetwork& loaded : teachers)
    for (const torch::Tensor& parameter : loaded.model->parameters())
      TORCH_CHECK(!parameter.requires_grad(), "a parameter of the teacher would be trained");
  const auto networks = summary_rows(teachers, options.trained_architecture(), cost, task, options.role);
  if (options.trainer.enable_model_summary)
    console.say(models::summary_table(networks, console.has_unicode()));
  convert_floats(*model, storage_dtype(options.trainer.precision));
  const auto strategy = make_strategy(group, *model, options.trainer);
  const std::string main_directory = strategy->share(is_main ? fs::absolute(own_run_directory).string() : "");
  const fs::path run_directory = is_main ? own_run_directory : fs::path(main_directory);
  const auto optimizer = optim::make_optimizer(options.optimizer, checkpoint::parameters_of(*model));

  const bool drops_last = leaves_one_picture(data, options.data.batch_size, strategy->size());
  if (drops_last) console.say("the last picture of each epoch is left out: it would be a batch by itself");
  data::Loader train_loader(data.train, data.train_ids, data.normalization,
                            {.batch_size = options.data.batch_size,
                             .augmentation = options.data.augmentation,
                             .shuffle = !options.trainer.is_overfitting,
                             .drop_last = drops_last,
                             .rank = strategy->rank(),
                             .world_size = strategy->size(),
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

  const Fingerprint fingerprint = fingerprint_of_run(options, *strategy);
  const std::optional<ResumePoint> resume =
      find_resume(options, {run_directory, fingerprint, options.trainer.allow_changes}, *strategy, console);
  const bool stays = is_main && resume && fs::equivalent(resume->run_directory, run_directory);
  if (is_main && !stays) tracking::forget_earlier(run_directory);
  if (is_main && resume) tracking::carry_over(resume->run_directory, run_directory);
  tracking::TrackerOptions tracking = options.tracking;
  if (!options.trainer.enable_logging) tracking.names.clear();
  const auto warn = [&](const std::string& trouble) {
    console.warn("the metrics wait in memory, training goes on: " + trouble);
  };
  const std::unique_ptr<tracking::Tracker> tracker =
      is_main ? tracking::make_tracker(tracking, run_directory, resume ? resume->checkpoint.step : -1, warn)
              : tracking::fan_out({}, warn);

  Provenance provenance{.architecture = options.trained_architecture(),
                        .data = options.data.name,
                        .normalization = data.normalization,
                        .held_out = HeldOut{options.seed, options.data.validation_size}};
  std::vector<std::unique_ptr<Callback>> loggers;
  loggers.push_back(
      std::make_unique<ProgressBar>(console, options.trainer.enable_progress_bar, evaluation_name));
  loggers.push_back(std::make_unique<MetricLog>(*tracker, evaluation_name));
  CallbackList callbacks = make_callbacks({.options = options,
                                           .model = *model,
                                           .run_directory = run_directory,
                                           .console = console,
                                           .evaluation_name = evaluation_name,
                                           .metadata = provenance.to_metadata()},
                                          std::move(loggers));

  Trainer trainer(options.trainer,
                  {.strategy = *strategy,
                   .model = *model,
                   .method = *method,
                   .teacher = teacher.get(),
                   .optimizer = *optimizer,
                   .schedule = options.schedule,
                   .base_lr = options.optimizer.lr,
                   .train_loader = train_loader,
                   .validation_loader = *validation_loader,
                   .evaluation_name = evaluation_name,
                   .seed = options.seed,
                   .fingerprint = fingerprint},
                  std::move(callbacks.callbacks));
  if (resume) {
    trainer.load_checkpoint(resume->checkpoint, resume->folder);
    const auto lr_there = resume->fingerprint.find("optimizer.lr");
    if (lr_there != resume->fingerprint.end() && lr_there->second != options.fingerprint.at("optimizer.lr"))
      trainer.set_base_lr(options.optimizer.lr);  // a change that was allowed
    if (is_main && callbacks.checkpoints != nullptr && !stays)
      callbacks.checkpoints->adopt(resume->folder.parent_path(), resume->checkpoint);
  }
  tracking::RunRecord record;
  if (is_main) {
    record = record_run(options, data, network_records(networks), run_directory, resume.has_value());
    tracker->start(record);
    forget_outcome(run_directory, /*goes_on=*/resume.has_value());
  }
  console.set_listener([&](std::string_view line, bool is_error) { tracker->log_console(line, is_error); });
  const auto fit_and_test = [&] {
    if (resume)
      console.say(fmt::format("resuming from {}: epoch {}, step {}", printable(resume->folder.string()),
                              trainer.progress().epoch, trainer.progress().step));
    const auto start = std::chrono::steady_clock::now();
    trainer.fit();
    strategy->end();
    const auto stopped = [&] {
      if (callbacks.checkpoints == nullptr)
        return Error(ExitCode::interrupted,
                     fmt::format("stopped by a signal after step {}; no checkpoint was asked for",
                                 trainer.progress().step));
      return Error(ExitCode::interrupted,
                   fmt::format("stopped by a signal after step {}; go on with trainer.ckpt_path={}",
                               trainer.progress().step, printable(run_directory.string())));
    };
    if (trainer.was_stopped()) throw stopped();

    TrainingResult result{
        .cost = cost,
        .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
    if (!is_main) return result;
    const int64_t test_batches = options.trainer.limit_test_batches.of(test_loader->batches_per_epoch());
    TestPredictions predictions;
    const auto test = evaluate(
        *model, *test_loader, test_batches, options.trainer.precision,
        [](int64_t, int64_t) { return !stop_requested(); },
        [&](const torch::Tensor& logits, const torch::Tensor& labels) {
          predictions.logits.push_back(logits);
          predictions.labels.push_back(labels);
        });
    if (!test) throw stopped();
    result.test = *test;
    // Of the network that is left: where the last step was not validated, that is done now.
    const int64_t val_batches = options.trainer.limit_val_batches.of(validation_loader->batches_per_epoch());
    if (has_validation && trainer.progress().evaluated_step == trainer.progress().step)
      result.validation = trainer.progress().evaluation;
    else if (has_validation && val_batches > 0)
      result.validation = evaluate(*model, *validation_loader, val_batches, options.trainer.precision);
    if (test->samples > 0) {
      check_evaluation(*test);
      tracker->summarize({{"test/accuracy_top1", test->accuracy_top1},
                          {"test/accuracy_top5", test->accuracy_top5},
                          {"test/loss", test->loss}});
      // A table and recorded answers know training pictures alone: of test pictures the networks are asked.
      const auto live = teachers.empty() ? nullptr : make_live_teacher(options, teachers, data, console);
      record_predictions(predictions, options, data.test, *test_loader, live.get(), trainer.progress().step,
                         run_directory, *tracker);
    }
    // The record that a teacher is held to later; a part of the test set would be another figure.
    if (test->samples == data.test.size()) provenance.test_accuracy = test->accuracy_top1;
    const fs::path last = run_directory / "checkpoints/last/model.safetensors";
    if (fs::exists(last)) result.weights_file = last;
    if (options.role == Role::teacher && !options.trainer.is_dev_run)
      result.weights_file = publish_teacher(options, *model, provenance, console);
    record_latencies(teachers, *model, task, run_directory, record);
    write_results(result, run_directory);
    for (const char* name : {"run.json", "results.json"}) tracker->save_file(run_directory / name);
    if (fs::exists(last)) tracker->save_model(last);
    if (const fs::path report = make_report ? make_report() : fs::path(); !report.empty())
      tracker->save_file(report);
    return result;
  };

  try {
    TrainingResult result = fit_and_test();
    finish(*tracker, console, ExitCode::ok);
    return result;
  } catch (const Error& error) {
    finish(*tracker, console, error.code());
    throw;
  }
}

}  // namespace retort::trainer
