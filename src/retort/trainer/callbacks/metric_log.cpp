// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/metric_log.h"

#include <fmt/format.h>

#include "retort/trainer/trainer.h"
#include "retort/trainer/weight_histogram.h"

namespace retort::trainer {
namespace {

constexpr std::chrono::seconds kSystemInterval{15};

}  // namespace

MetricLog::MetricLog(tracking::Tracker& tracker, std::string evaluation_name)
    : tracker_(tracker),
      evaluation_name_(std::move(evaluation_name)),
      last_system_(std::chrono::steady_clock::now()) {}

void MetricLog::on_train_batch_end(Trainer& trainer, const StepResult& step) {
  const int64_t number = trainer.progress().step;
  since_system_.samples += step.samples;
  since_system_.seconds += step.seconds;
  since_system_.data_seconds += step.data_seconds;
  since_system_.teacher_seconds += step.teacher_seconds;
  if (number % trainer.options().log_every_n_steps == 0) {
    tracking::Metrics metrics;
    for (const auto& [name, value] : step.losses) metrics.emplace_back(fmt::format("train/{}", name), value);
    metrics.emplace_back("lr", step.lr);
    metrics.insert(metrics.end(), trainer.logged().begin(), trainer.logged().end());
    tracker_.log(number, trainer.progress().epoch, metrics);
  }
  if (std::chrono::steady_clock::now() - last_system_ >= kSystemInterval) log_system(number);
}

void MetricLog::log_system(int64_t step) {
  tracking::Metrics metrics = system_.sample();
  if (const StepResult& sums = since_system_; sums.seconds > 0) {
    metrics.emplace_back("images_per_second", static_cast<double>(sums.samples) / sums.seconds);
    metrics.emplace_back("data_wait_percent", 100 * sums.data_seconds / sums.seconds);
    metrics.emplace_back("teacher_percent", 100 * sums.teacher_seconds / sums.seconds);
  }
  tracker_.log_system(step, metrics);
  last_system_ = std::chrono::steady_clock::now();
  since_system_ = {};
}

void MetricLog::append(const metrics::Classification& evaluation, tracking::Metrics& metrics) const {
  metrics.emplace_back(evaluation_name_ + "/loss", evaluation.loss);
  metrics.emplace_back(evaluation_name_ + "/accuracy_top1", evaluation.accuracy_top1);
  metrics.emplace_back(evaluation_name_ + "/accuracy_top5", evaluation.accuracy_top5);
}

// At the end of an epoch the figures stand in the epoch's row.
void MetricLog::on_validation_end(Trainer& trainer, const metrics::Classification& evaluation) {
  if (!trainer.is_mid_epoch()) return;
  tracking::Metrics metrics;
  append(evaluation, metrics);
  tracker_.log(trainer.progress().step, trainer.progress().epoch, metrics);
  tracker_.flush();
}

void MetricLog::on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) {
  tracking::Metrics metrics;
  for (const auto& [name, value] : epoch.losses)
    metrics.emplace_back(fmt::format("train/{}_epoch", name), value);
  metrics.emplace_back("lr", epoch.lr);
  if (epoch.evaluation) append(*epoch.evaluation, metrics);
  metrics.insert(metrics.end(), trainer.logged().begin(), trainer.logged().end());
  const int64_t step = trainer.progress().step;
  tracker_.log(step, epoch.epoch, metrics);
  if (tracker_.keeps_media())
    for (const auto& item : trainer.model().named_parameters())
      if (item.value().dim() > 1)
        tracker_.log_histogram(step, weight_histogram(fmt::format("weights/{}", item.key()), item.value()));
  log_system(step);
  tracker_.flush();
}

void MetricLog::on_stop(Trainer&) { tracker_.flush(); }

// A run that goes on from the checkpoint has the rows up to it from the file.
void MetricLog::on_save_checkpoint(Trainer&, checkpoint::Checkpoint&) { tracker_.flush(); }

}  // namespace retort::trainer
