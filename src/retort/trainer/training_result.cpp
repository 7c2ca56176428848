// SPDX-License-Identifier: MIT
#include "retort/trainer/training_result.h"

#include <nlohmann/json.hpp>

#include "retort/core/file.h"
#include "retort/core/stop.h"
#include "retort/models/latency.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/run_recording.h"
#include "retort/trainer/teachers.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

// What a picture costs in time, in the order of the record's networks. The networks stand still and the run
// is over: nothing waits for it.
void record_latencies(const FinishedTraining& training) {
  const models::Task task = task_of(training.data.train);
  std::vector<models::Model*> networks;
  for (const LoadedNetwork& teacher : training.networks.teachers) networks.push_back(teacher.model.get());
  networks.push_back(training.networks.model.get());
  for (size_t i = 0; i < networks.size(); ++i) {
    const std::vector<double> times = models::measure_latency(*networks[i], task);
    training.record.networks[i].latency_p50_ms = models::quantile(times, 0.5);
    training.record.networks[i].latency_p99_ms = models::quantile(times, 0.99);
  }
  write_file_atomically(training.run_directory / "run.json", tracking::to_json(training.record));
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
  results["images_per_second"] = result.images_per_second;
  if (result.validation) {
    results["val/accuracy_top1"] = result.validation->accuracy_top1;
    results["val/loss"] = result.validation->loss;
  }
  write_file_atomically(run_directory / "results.json", results.dump(2) + "\n");
}

std::optional<metrics::Classification> test(const FinishedTraining& training, TestPredictions& predictions) {
  data::BatchSource& loader = *training.loaders.test;
  const TrainerOptions& options = training.options.trainer;
  return evaluate(
      *training.networks.model, loader, options.limit_test_batches.of(loader.batches_per_epoch()),
      options.precision, [](int64_t, int64_t) { return !stop_requested(); },
      [&](const torch::Tensor& logits, const torch::Tensor& labels) {
        predictions.logits.push_back(logits);
        predictions.labels.push_back(labels);
      });
}

// Of the network that is left: where the last step was not validated, that is done now.
std::optional<metrics::Classification> validation(const FinishedTraining& training) {
  const TrainerOptions& options = training.options.trainer;
  data::BatchSource& loader = *training.loaders.validation;
  const int64_t batches = options.limit_val_batches.of(loader.batches_per_epoch());
  if (!training.loaders.has_validation) return std::nullopt;
  if (training.progress.evaluated_step == training.progress.step) return training.progress.evaluation;
  if (batches == 0) return std::nullopt;
  return evaluate(*training.networks.model, loader, batches, options.precision);
}

void record_test(const FinishedTraining& training, const metrics::Classification& figures,
                 const TestPredictions& predictions) {
  check_evaluation(figures);
  training.tracker.summarize({{"test/accuracy_top1", figures.accuracy_top1},
                              {"test/accuracy_top5", figures.accuracy_top5},
                              {"test/loss", figures.loss}});
  // A table and recorded answers know training pictures alone: of test pictures the networks are asked.
  record_predictions(predictions, training.options, training.data.test, *training.loaders.test,
                     training.networks.teacher.live.get(), training.progress.step, training.run_directory,
                     training.tracker);
}

}  // namespace

std::optional<TrainingResult> leave_results(const FinishedTraining& training, Provenance provenance,
                                            const MakeReport& make_report) {
  const TrainingOptions& options = training.options;
  const fs::path& folder = training.run_directory;
  TestPredictions predictions;
  const auto figures = test(training, predictions);
  if (!figures) return std::nullopt;
  TrainingResult result{.test = *figures,
                        .validation = validation(training),
                        .cost = training.networks.cost(),
                        .seconds = training.seconds,
                        .images_per_second = training.images_per_second};
  if (figures->samples > 0) record_test(training, *figures, predictions);
  // The record that a teacher is held to later; a part of the test set would be another figure.
  if (figures->samples == training.data.test.size()) provenance.test_accuracy = figures->accuracy_top1;
  const fs::path last = folder / "checkpoints/last/model.safetensors";
  if (fs::exists(last)) result.weights_file = last;
  if (options.role == Role::teacher && !options.trainer.is_dev_run)
    result.weights_file = publish_teacher(options, *training.networks.model, provenance, training.console);
  record_latencies(training);
  write_results(result, folder);
  for (const char* name : {"run.json", "results.json"}) training.tracker.save_file(folder / name);
  if (fs::exists(last)) training.tracker.save_model(last);
  if (const fs::path report = make_report ? make_report() : fs::path(); !report.empty())
    training.tracker.save_file(report);
  return result;
}

}  // namespace retort::trainer
