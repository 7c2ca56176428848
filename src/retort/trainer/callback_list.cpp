// SPDX-License-Identifier: MIT
#include "retort/trainer/callback_list.h"

#include "retort/trainer/callbacks/device_stats_monitor.h"
#include "retort/trainer/callbacks/early_stopping.h"
#include "retort/trainer/callbacks/ema_weight_averaging.h"
#include "retort/trainer/callbacks/learning_rate_finder.h"
#include "retort/trainer/callbacks/learning_rate_monitor.h"
#include "retort/trainer/callbacks/max_norm.h"
#include "retort/trainer/callbacks/nonfinite_policy.h"
#include "retort/trainer/callbacks/simple_profiler.h"
#include "retort/trainer/callbacks/stochastic_weight_averaging.h"
#include "retort/trainer/callbacks/throughput_monitor.h"
#include "retort/trainer/callbacks/timer.h"

namespace retort::trainer {

CallbackList make_callbacks(const CallbackSetup& setup, std::vector<std::unique_ptr<Callback>> loggers) {
  const TrainingOptions& options = setup.options;
  const CallbacksOptions& chosen = options.callbacks;
  const std::filesystem::path checkpoints = setup.run_directory / "checkpoints";
  CallbackList list;
  const auto add = [&](auto callback) {
    auto* const added = callback.get();
    list.callbacks.push_back(std::move(callback));
    return added;
  };
  // A dev run is for looking whether all runs; what would end it, or change its length, stays out.
  const bool is_dev_run = options.trainer.is_dev_run;

  add(std::make_unique<NonFinitePolicyCallback>(options.trainer, setup.console, checkpoints));
  if (options.trainer.weight_max_norm) add(std::make_unique<MaxNorm>(*options.trainer.weight_max_norm));
  if (chosen.learning_rate_finder && !is_dev_run)
    add(std::make_unique<LearningRateFinder>(*chosen.learning_rate_finder, setup.console,
                                             setup.run_directory));
  if (chosen.ema_weight_averaging)
    add(std::make_unique<EmaWeightAveraging>(*chosen.ema_weight_averaging, setup.model));
  if (chosen.stochastic_weight_averaging)
    add(std::make_unique<StochasticWeightAveraging>(*chosen.stochastic_weight_averaging, setup.model));
  if (chosen.timer && !is_dev_run) add(std::make_unique<Timer>(*chosen.timer, setup.console));
  if (chosen.early_stopping && !is_dev_run)
    add(std::make_unique<EarlyStopping>(*chosen.early_stopping, setup.console));

  if (chosen.learning_rate_monitor)
    add(std::make_unique<LearningRateMonitor>(*chosen.learning_rate_monitor, options.optimizer));
  if (chosen.throughput_monitor) add(std::make_unique<ThroughputMonitor>(*chosen.throughput_monitor));
  if (chosen.device_stats_monitor) add(std::make_unique<DeviceStatsMonitor>());
  for (auto& logger : loggers) add(std::move(logger));

  if (chosen.model_checkpoint && options.trainer.enable_checkpointing) {
    ModelCheckpointOptions checkpointing = *chosen.model_checkpoint;
    // Nothing is held out: the test set shows a curve and chooses nothing.
    if (setup.evaluation_name != "val" && checkpointing.monitor && checkpointing.monitor->starts_with("val/"))
      checkpointing.monitor.reset();
    list.checkpoints =
        add(std::make_unique<ModelCheckpoint>(checkpointing, setup.console, checkpoints, setup.metadata));
  }
  if (options.trainer.has_profiler) add(std::make_unique<SimpleProfiler>(setup.console));
  return list;
}

}  // namespace retort::trainer
