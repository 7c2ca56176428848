// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "retort/config/node.h"

namespace retort::trainer {

/// Which way a figure gets better.
enum class Mode { min, max };

bool is_better(double value, double than, Mode mode);

struct ModelCheckpointOptions {
  std::optional<std::string> monitor{};  // the figure that chooses the best; nothing: only the last is kept
  Mode mode = Mode::min;
  int64_t save_top_k = 1;  // best checkpoints that are kept; -1: all
  bool save_last = true;   // false: at the end only the best are left
  // One of these three says when; also at the end, at a stop, and at SIGUSR1.
  int64_t every_n_epochs = 1;
  int64_t every_n_train_steps = 0;
  std::optional<double> train_time_interval_seconds{};
  std::string filename = "{epoch}-{step}";  // names of the best (checkpoint_name.h)
};

struct EarlyStoppingOptions {
  std::string monitor{};
  double min_delta = 0;  // a smaller change is no improvement
  int64_t patience = 3;  // validations without improvement
  Mode mode = Mode::min;
  bool strict = true;                            // an unknown figure is an error
  bool check_finite = true;                      // ends at NaN and infinity
  std::optional<double> stopping_threshold{};    // ends once it is better than this
  std::optional<double> divergence_threshold{};  // ends once it is worse
};

struct EmaOptions {
  double decay = 0.999;
  bool use_buffers = true;  // average batch norm's statistics too, else take the current ones
  int64_t update_every_n_steps = 1;
  int64_t update_starting_at_step = 0, update_starting_at_epoch = 0;
};

struct SwaOptions {
  double swa_lrs = 0;  // the rate that the annealing ends at
  // The first epoch that is averaged: a number, or a share of max_epochs.
  std::optional<int64_t> epoch_start{};
  double epoch_start_share = 0.8;
  int64_t annealing_epochs = 10;
  bool is_linear = false;  // else by half a cosine
};

struct LearningRateMonitorOptions {
  bool each_step = true;  // else each epoch
  bool log_momentum = false, log_weight_decay = false;
};

struct LearningRateFinderOptions {
  double min_lr = 1e-8, max_lr = 1;
  int64_t num_training_steps = 100;
  bool is_linear = false;                          // else the rate grows by a factor a step
  std::optional<double> early_stop_threshold = 4;  // ends at a loss so many times the best
  bool update_attr = true;                         // train at the rate that was found
};

/// Lightning's names and defaults.
struct BatchSizeFinderOptions {
  bool is_binsearch = false;  // close the gap after doubling
  int64_t steps_per_trial = 3;
  int64_t init_val = 2;  // the first size
  int64_t max_trials = 25;
  double margin = 0.05;  // binsearch: the share that is taken off
  int64_t max_val = 8192;
};

struct TimerOptions {
  std::optional<double> duration_seconds{};
  bool each_step = true;  // else looked at each epoch
};

struct ThroughputMonitorOptions {
  int64_t window_size = 100;  // steps that are averaged over
};

/// The group `callbacks`: which are there, each with its options. A callback that the configuration does not
/// name is not there.
struct CallbacksOptions {
  std::optional<ModelCheckpointOptions> model_checkpoint{};
  std::optional<EarlyStoppingOptions> early_stopping{};
  std::optional<EmaOptions> ema_weight_averaging{};
  std::optional<SwaOptions> stochastic_weight_averaging{};
  std::optional<LearningRateMonitorOptions> learning_rate_monitor{};
  std::optional<LearningRateFinderOptions> learning_rate_finder{};
  std::optional<BatchSizeFinderOptions> batch_size_finder{};
  std::optional<TimerOptions> timer{};
  std::optional<ThroughputMonitorOptions> throughput_monitor{};
  bool device_stats_monitor = false;

  static CallbacksOptions from(const config::Node& node);
};

}  // namespace retort::trainer
