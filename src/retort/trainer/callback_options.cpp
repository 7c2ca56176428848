// SPDX-License-Identifier: MIT
#include "retort/trainer/callback_options.h"

#include <vector>

#include "retort/config/reader.h"
#include "retort/trainer/checkpoint_name.h"
#include "retort/trainer/options.h"

namespace retort::trainer {
namespace {

Mode read_mode(config::Reader& reader) {
  return reader.choice("mode", {"min", "max"}) == "max" ? Mode::max : Mode::min;
}

// Held-out pictures and training figures may choose; the test set never.
void check_monitor(config::Reader& reader, const std::string& monitor) {
  if (monitor.starts_with("test/"))
    reader.fail("monitor", "the test set chooses nothing; val/ figures are of held-out training pictures");
}

std::optional<double> read_duration(config::Reader& reader, const char* key) {
  const auto text = reader.optional_text(key);
  if (!text) return std::nullopt;
  const auto seconds = parse_duration(*text);
  if (!seconds) reader.fail(key, "expected days, hours, minutes and seconds: DD:HH:MM:SS");
  return seconds;
}

bool reads_step(config::Reader& reader, const char* key) {
  const bool has_key = reader.has(key);
  reader.ignore(key);
  return !has_key || reader.choice(key, {"step", "epoch"}) == "step";
}

ModelCheckpointOptions read_model_checkpoint(config::Reader reader) {
  ModelCheckpointOptions options;
  options.monitor = reader.optional_text("monitor");
  if (options.monitor) check_monitor(reader, *options.monitor);
  options.mode = read_mode(reader);
  options.save_top_k = reader.integer("save_top_k", {.at_least = -1, .at_most = 1e6});
  options.save_last = reader.boolean("save_last");
  options.every_n_train_steps = reader.optional_integer("every_n_train_steps", {.at_least = 0}).value_or(0);
  options.train_time_interval_seconds = read_duration(reader, "train_time_interval");
  const auto epochs = reader.optional_integer("every_n_epochs", {.at_least = 1});
  const int given = (options.every_n_train_steps > 0) + options.train_time_interval_seconds.has_value();
  if (given + epochs.has_value() > 1)
    reader.fail("every_n_epochs", "only one of every_n_epochs, every_n_train_steps and train_time_interval");
  options.every_n_epochs = given > 0 ? 0 : epochs.value_or(1);
  options.filename = reader.optional_text("filename").value_or(options.filename);
  if (const std::string problem = checkpoint_name_problem(options.filename); !problem.empty())
    reader.fail("filename", problem);
  if (!options.save_last && (options.save_top_k == 0 || !options.monitor))
    reader.fail("save_last", "nothing would be left; trainer.enable_checkpointing=false makes no checkpoint");
  reader.finish();
  return options;
}

EarlyStoppingOptions read_early_stopping(config::Reader reader) {
  EarlyStoppingOptions options;
  options.monitor = reader.text("monitor");
  check_monitor(reader, options.monitor);
  options.min_delta = reader.optional_number("min_delta", {.at_least = 0}).value_or(options.min_delta);
  options.patience = reader.optional_integer("patience", {.at_least = 0}).value_or(options.patience);
  options.mode = read_mode(reader);
  options.strict = reader.optional_boolean("strict").value_or(options.strict);
  options.check_finite = reader.optional_boolean("check_finite").value_or(options.check_finite);
  options.stopping_threshold = reader.optional_number("stopping_threshold");
  options.divergence_threshold = reader.optional_number("divergence_threshold");
  reader.finish();
  return options;
}

EmaOptions read_ema(config::Reader reader) {
  EmaOptions options;
  options.decay = reader.optional_number("decay", {.at_least = 0, .below = 1}).value_or(options.decay);
  options.use_buffers = reader.optional_boolean("use_buffers").value_or(options.use_buffers);
  options.update_every_n_steps = reader.optional_integer("update_every_n_steps", {.at_least = 1}).value_or(1);
  options.update_starting_at_step =
      reader.optional_integer("update_starting_at_step", {.at_least = 0}).value_or(0);
  options.update_starting_at_epoch =
      reader.optional_integer("update_starting_at_epoch", {.at_least = 0}).value_or(0);
  reader.finish();
  return options;
}

SwaOptions read_swa(config::Reader reader) {
  SwaOptions options;
  options.swa_lrs = reader.number("swa_lrs", {.above = 0});
  if (reader.node("swa_epoch_start").is_int())
    options.epoch_start = reader.integer("swa_epoch_start", {.at_least = 0});
  else
    options.epoch_start_share = reader.number("swa_epoch_start", {.at_least = 0, .below = 1});
  options.annealing_epochs = reader.optional_integer("annealing_epochs", {.at_least = 0}).value_or(10);
  options.is_linear = reader.choice("annealing_strategy", {"cos", "linear"}) == "linear";
  reader.finish();
  return options;
}

LearningRateMonitorOptions read_learning_rate_monitor(config::Reader reader) {
  LearningRateMonitorOptions options;
  options.each_step = reads_step(reader, "logging_interval");
  options.log_momentum = reader.optional_boolean("log_momentum").value_or(false);
  options.log_weight_decay = reader.optional_boolean("log_weight_decay").value_or(false);
  reader.finish();
  return options;
}

LearningRateFinderOptions read_learning_rate_finder(config::Reader reader) {
  LearningRateFinderOptions options;
  options.min_lr = reader.optional_number("min_lr", {.above = 0}).value_or(options.min_lr);
  options.max_lr = reader.optional_number("max_lr", {.above = 0}).value_or(options.max_lr);
  if (options.max_lr <= options.min_lr) reader.fail("max_lr", "expected more than min_lr");
  options.num_training_steps =
      reader.optional_integer("num_training_steps", {.at_least = 20, .at_most = 1e5}).value_or(100);
  options.is_linear = reader.choice("mode", {"exponential", "linear"}) == "linear";
  options.early_stop_threshold = reader.optional_number("early_stop_threshold", {.above = 1});
  options.update_attr = reader.optional_boolean("update_attr").value_or(true);
  reader.finish();
  return options;
}

BatchSizeFinderOptions read_batch_size_finder(config::Reader reader) {
  BatchSizeFinderOptions options;
  options.is_binsearch = reader.choice("mode", {"power", "binsearch"}) == "binsearch";
  const auto read = [&](const char* key, int64_t& target, double at_most) {
    target = reader.optional_integer(key, {.at_least = 1, .at_most = at_most}).value_or(target);
  };
  read("steps_per_trial", options.steps_per_trial, 1e6);
  read("init_val", options.init_val, 1e6);
  read("max_trials", options.max_trials, 1e6);
  read("max_val", options.max_val, 1e6);
  options.margin = reader.optional_number("margin", {.at_least = 0, .below = 1}).value_or(options.margin);
  if (options.init_val > options.max_val) reader.fail("init_val", "expected no more than max_val");
  reader.finish();
  return options;
}

TimerOptions read_timer(config::Reader reader) {
  TimerOptions options;
  options.duration_seconds = read_duration(reader, "duration");
  options.each_step = reads_step(reader, "interval");
  reader.finish();
  return options;
}

ThroughputMonitorOptions read_throughput_monitor(config::Reader reader) {
  ThroughputMonitorOptions options;
  options.window_size = reader.optional_integer("window_size", {.at_least = 1}).value_or(options.window_size);
  reader.finish();
  return options;
}

bool read_device_stats_monitor(config::Reader reader) {
  reader.finish();
  return true;
}

}  // namespace

bool is_better(double value, double than, Mode mode) {
  return mode == Mode::min ? value < than : value > than;
}

CallbacksOptions CallbacksOptions::from(const config::Node& node) {
  CallbacksOptions options;
  if (node.is_null()) return options;
  config::Reader reader(node, "callbacks");
  const auto read = [&](const char* name, auto& target, auto read_options) {
    if (reader.has(name)) target = read_options(reader.child(name));
    reader.ignore(name);  // null: not there
  };
  read("model_checkpoint", options.model_checkpoint, read_model_checkpoint);
  read("early_stopping", options.early_stopping, read_early_stopping);
  read("ema_weight_averaging", options.ema_weight_averaging, read_ema);
  read("stochastic_weight_averaging", options.stochastic_weight_averaging, read_swa);
  read("learning_rate_monitor", options.learning_rate_monitor, read_learning_rate_monitor);
  read("learning_rate_finder", options.learning_rate_finder, read_learning_rate_finder);
  read("batch_size_finder", options.batch_size_finder, read_batch_size_finder);
  read("timer", options.timer, read_timer);
  read("throughput_monitor", options.throughput_monitor, read_throughput_monitor);
  read("device_stats_monitor", options.device_stats_monitor, read_device_stats_monitor);
  if (options.ema_weight_averaging && options.stochastic_weight_averaging)
    reader.fail("ema_weight_averaging", "one average at a time: stochastic_weight_averaging is there too");
  reader.finish();
  return options;
}

}  // namespace retort::trainer
