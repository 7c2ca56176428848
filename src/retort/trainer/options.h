// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"
#include "retort/trainer/accelerator.h"
#include "retort/trainer/precision.h"

namespace retort::trainer {

/// How much of an epoch: an integer is so many batches, a float in [0, 1] that share of them.
struct BatchLimit {
  std::optional<int64_t> count{};
  double share = 1.0;

  int64_t of(int64_t batches) const;
};

enum class ClipAlgorithm {
  norm,   // the gradient as one vector is shortened to gradient_clip_val
  value,  // each of its numbers is cut to [-gradient_clip_val, gradient_clip_val]
};

/// What happens where the loss or a gradient is infinite or NaN. The step is not done in any case.
enum class NonFinitePolicy {
  stop,      // the run ends
  skip,      // the batch is left out
  rollback,  // and the network goes back to its newest checkpoint
};

/// The keys of `trainer`, by the names and defaults of Lightning's Trainer where it has them.
struct TrainerOptions {
  int64_t max_epochs = 200;  // -1: no limit
  int64_t min_epochs = 0;    // no callback stops the training earlier
  int64_t max_steps = -1;    // optimizer steps; -1: no limit
  int64_t min_steps = 0;
  std::optional<double> max_time_seconds{};  // of training, resumed parts added up

  BatchLimit limit_train_batches{}, limit_val_batches{}, limit_test_batches{};
  BatchLimit val_check_interval{};  // training batches between validations; the whole epoch: once, at its end
  // Epochs between validations. Nothing: val_check_interval counts batches across epochs.
  std::optional<int64_t> check_val_every_n_epoch = 1;
  int64_t num_sanity_val_steps = 0;  // validation batches before the first step; -1: all of them
  bool is_overfitting = false;       // overfit_batches: the same few batches each epoch, in order
  bool is_dev_run = false;           // fast_dev_run: a few batches of everything, nothing kept
  int64_t log_every_n_steps = 50;

  int64_t accumulate_grad_batches = 1;  // batches an optimizer step
  std::optional<double> gradient_clip_val{};
  ClipAlgorithm gradient_clip_algorithm = ClipAlgorithm::norm;
  NonFinitePolicy on_nonfinite = NonFinitePolicy::stop;
  int64_t max_nonfinite = 10;  // skip: so many in a row; rollback: so many in the whole training

  Accelerator accelerator = Accelerator::cpu;
  int gpu = 0;                       // the one that this process computes on, where it does
  bool benchmark = false;            // cuDNN measures its algorithms and takes the fastest
  bool allows_tf32 = false;          // products of float32 on a GPU: rounded to 10 bits, and faster
  std::optional<int64_t> devices{};  // processes on each machine; nothing: one, or what a launcher started
  int64_t num_nodes = 1;             // machines
  bool sync_batchnorm = false;       // batch statistics of all processes together
  double peer_timeout_seconds = 60;  // without a sign of life of another process
  Precision precision = Precision::float32;
  int num_threads = 0;                      // of one operation; 0: one a core
  std::optional<double> weight_max_norm{};  // of the weights that enter a unit, kept after every step
  bool deterministic = false;
  bool detect_anomaly = false;
  bool has_profiler = false;

  bool enable_progress_bar = true;
  bool enable_model_summary = true;
  bool enable_checkpointing = true;
  bool enable_logging = true;              // false in a barebones and a dev run
  std::optional<std::string> ckpt_path{};  // "last", "best", a checkpoint's folder or a run's: resumes there
  std::vector<std::string> allow_changes{};  // keys that may differ from the checkpoint's

  /// Checks ranges and what cannot stand together; what a flag implies for others (barebones, fast_dev_run,
  /// overfit_batches) is worked in.
  static TrainerOptions from(const config::Node& node);
};

/// "DD:HH:MM:SS" in seconds, or nothing for any other text.
std::optional<double> parse_duration(const std::string& text);

/// The precision of a name; an Error (config) where it needs a GPU and there is none, or bfloat16 that the
/// processor lacks.
Precision supported_precision(const std::string& name, Accelerator accelerator, bool cpu_has_bfloat16);

}  // namespace retort::trainer
