// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "retort/config/node.h"
#include "retort/trainer/precision.h"

namespace retort::trainer {

/// How much of an epoch to run: an integer is so many batches, a float in [0, 1] that share of them.
struct BatchLimit {
  std::optional<int64_t> count{};
  double share = 1.0;

  int64_t of(int64_t batches) const;
};

/// The keys of `trainer`, by the names and defaults of Lightning's Trainer where it has them.
struct TrainerOptions {
  int64_t max_epochs = 200;
  int64_t max_steps = -1;  // optimizer steps; -1: no limit
  BatchLimit limit_train_batches{}, limit_val_batches{}, limit_test_batches{};
  int64_t check_val_every_n_epoch = 1;
  int64_t log_every_n_steps = 50;
  Precision precision = Precision::float32;
  int num_threads = 0;                      // of one operation; 0: one a core
  std::optional<double> weight_max_norm{};  // of the weights that enter a unit, kept after every step
  bool enable_progress_bar = true;
  bool enable_model_summary = true;
  bool enable_checkpointing = true;
  std::optional<std::string> ckpt_path{};  // "last", a checkpoint's folder or a run's folder: resumes there

  static TrainerOptions from(const config::Node& node);
};

}  // namespace retort::trainer
