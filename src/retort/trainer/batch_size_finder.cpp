// SPDX-License-Identifier: MIT
#include "retort/trainer/batch_size_finder.h"

#include <algorithm>

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/memory_meter.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

std::string bytes(double value) { return human_bytes(static_cast<uint64_t>(value)); }

// On the line through the last two trials.
double foretold_peak(const BatchSizeTrial& before, const BatchSizeTrial& last, int64_t size) {
  const double growth = std::max(0.0, last.peak_bytes - before.peak_bytes);
  return last.peak_bytes + growth * static_cast<double>(size - last.size) /
                               static_cast<double>(std::max<int64_t>(1, last.size - before.size));
}

std::string table_of(const std::vector<BatchSizeTrial>& trials, bool is_unicode) {
  std::vector<std::vector<std::string>> rows = {{"batch size", "memory", "images/s"}};
  for (const BatchSizeTrial& trial : trials)
    rows.push_back({std::to_string(trial.size), bytes(trial.peak_bytes),
                    trial.images_per_second > 0 ? fmt::format("{:.0f}", trial.images_per_second) : "-"});
  std::string table = text_table(rows, {.right = {0, 1, 2}, .is_unicode = is_unicode});
  table.pop_back();  // the last line's end
  return table;
}

}  // namespace

double usable_share(const TrainerOptions& options) {
  return options.accelerator == Accelerator::cuda ? 0.45 : 0.9;
}

FoundBatchSize search_batch_size(const BatchSizeFinderOptions& options, int64_t most, double idle_bytes,
                                 double limit, const std::function<BatchSizeTrial(int64_t)>& run) {
  const int64_t largest = std::min(most, options.max_val);
  FoundBatchSize found{.reason =
                           most < options.max_val ? "the data have no more pictures" : "that is max_val"};
  BatchSizeTrial before{.peak_bytes = idle_bytes}, last = before;
  int64_t too_large = largest + 1;
  const auto holds = [&](int64_t size) {
    double peak = found.trials.empty() ? 0 : foretold_peak(before, last, size);
    if (peak <= limit) {
      found.trials.push_back(run(size));
      peak = found.trials.back().peak_bytes;
    }
    if (peak > limit) {
      found.reason = fmt::format("{} would take {} of {}", size, bytes(peak), bytes(limit));
      return false;
    }
    before = std::exchange(last, found.trials.back());
    return true;
  };
  for (int64_t size = std::min(options.init_val, largest); size > found.size && size < too_large;) {
    if (static_cast<int64_t>(found.trials.size()) == options.max_trials) {
      found.reason = "max_trials were done";
      break;
    }
    (holds(size) ? found.size : too_large) = size;
    if (too_large > largest)
      size = std::min(2 * found.size, largest);
    else if (options.is_binsearch || found.size == 0)
      size = (found.size + too_large) / 2;
  }
  if (found.size == 0)
    throw Error(ExitCode::resources, fmt::format("no batch fits into the memory: {}", found.reason));
  if (options.is_binsearch && too_large <= largest)
    found.size =
        std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(found.size) * (1 - options.margin)));
  return found;
}

BatchSizeTrial try_batch_size(const TrainingOptions& options, const data::DataModule& data,
                              Networks& networks, optim::Optimizer& optimizer, int64_t size, int64_t steps) {
  TrainingOptions changed = options;
  changed.data.batch_size = size;
  const auto loader = make_training_loader(changed, data);
  const MemoryMeter meter(device_of(*networks.model));
  Strategy alone;
  Trainer trainer({.precision = options.trainer.precision},
                  {.strategy = alone,
                   .model = *networks.model,
                   .method = *networks.method,
                   .teacher = networks.teacher.training.get(),
                   .optimizer = optimizer,
                   .schedule = {.name = "constant"},
                   .train_loader = *loader,
                   .validation_loader = *loader,
                   .seed = options.seed},
                  {});
  BatchSizeTrial trial{.size = size};
  meter.reset_peak();
  int64_t done = 0;
  trainer.try_steps(
      steps, [](int64_t) { return 0.0; },
      [&](const StepResult& step) {
        // The first step makes what later ones find.
        if (++done > 1 || steps == 1)
          trial.images_per_second = static_cast<double>(step.samples) / step.seconds;
        return !stop_requested();
      });
  trial.peak_bytes = meter.peak_bytes();
  if (stop_requested())
    throw Error(ExitCode::interrupted, "stopped by a signal while the batch size was looked for");
  return trial;
}

int64_t find_batch_size(const TrainingOptions& options, const data::DataModule& data, Networks& networks,
                        optim::Optimizer& optimizer, Console& console) {
  const MemoryMeter meter(device_of(*networks.model));
  const BatchSizeFinderOptions& finder = *options.callbacks.batch_size_finder;
  const auto run = [&](int64_t size) {
    console.set_live_line(fmt::format("looking for a batch size: {}", size));
    try {
      return try_batch_size(options, data, networks, optimizer, size, finder.steps_per_trial);
    } catch (const c10::OutOfMemoryError&) {
      return BatchSizeTrial{.size = size, .peak_bytes = meter.limit_bytes()};
    }
  };
  const FoundBatchSize found =
      search_batch_size(finder, static_cast<int64_t>(data.train_ids.size()), meter.held_bytes(),
                        usable_share(options.trainer) * meter.limit_bytes(), run);
  console.clear_live_line();
  console.say(table_of(found.trials, console.has_unicode()));
  console.say(fmt::format("batch size {}: {}", found.size, found.reason));
  return found.size;
}

}  // namespace retort::trainer
