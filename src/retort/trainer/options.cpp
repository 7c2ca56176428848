// SPDX-License-Identifier: MIT
#include "retort/trainer/options.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "retort/config/reader.h"
#include "retort/core/cpu.h"
#include "retort/core/error.h"

namespace retort::trainer {
namespace {

BatchLimit read_limit(config::Reader& reader, const std::string& key) {
  if (reader.node(key).is_int()) return {.count = reader.integer(key, {.at_least = 0})};
  return {.share = reader.number(key, {.at_least = 0, .at_most = 1})};
}

bool is_nothing(const BatchLimit& limit) { return limit.count ? *limit.count == 0 : limit.share == 0; }

void read_length(config::Reader& reader, TrainerOptions& options) {
  options.max_epochs = reader.integer("max_epochs", {.at_least = -1, .at_most = 1e6});
  options.max_steps = reader.integer("max_steps", {.at_least = -1, .at_most = 1e12});
  options.min_epochs = reader.optional_integer("min_epochs", {.at_least = 0}).value_or(0);
  options.min_steps = reader.optional_integer("min_steps", {.at_least = 0}).value_or(0);
  if (const auto text = reader.optional_text("max_time")) {
    options.max_time_seconds = parse_duration(*text);
    if (!options.max_time_seconds)
      reader.fail("max_time", "expected days, hours, minutes and seconds: DD:HH:MM:SS");
  }
  if (options.max_epochs == 0) reader.fail("max_epochs", "expected 1 or more, or -1 for no limit");
  if (options.max_epochs < 0 && options.max_steps < 0 && !options.max_time_seconds)
    reader.fail("max_epochs", "the training would never end: give max_epochs, max_steps or max_time");
  if (options.max_epochs > 0 && options.min_epochs > options.max_epochs)
    reader.fail("min_epochs", fmt::format("is more than max_epochs={}", options.max_epochs));
  if (options.max_steps >= 0 && options.min_steps > options.max_steps)
    reader.fail("min_steps", fmt::format("is more than max_steps={}", options.max_steps));
}

void read_validation(config::Reader& reader, TrainerOptions& options) {
  options.val_check_interval = read_limit(reader, "val_check_interval");
  if (is_nothing(options.val_check_interval))
    reader.fail("val_check_interval", "expected a number above 0; limit_val_batches=0 turns validation off");
  options.check_val_every_n_epoch = reader.optional_integer("check_val_every_n_epoch", {.at_least = 1});
  if (!options.check_val_every_n_epoch && !options.val_check_interval.count)
    reader.fail("val_check_interval",
                "expected a number of batches, since check_val_every_n_epoch=null counts across epochs");
  options.num_sanity_val_steps = reader.integer("num_sanity_val_steps", {.at_least = -1});
}

void read_step(config::Reader& reader, TrainerOptions& options) {
  options.accumulate_grad_batches =
      reader.integer("accumulate_grad_batches", {.at_least = 1, .at_most = 1e6});
  options.gradient_clip_val = reader.optional_number("gradient_clip_val", {.at_least = 0});
  if (options.gradient_clip_val == 0.0) options.gradient_clip_val.reset();  // as in Lightning
  if (reader.has("gradient_clip_algorithm") &&
      reader.choice("gradient_clip_algorithm", {"norm", "value"}) == "value") {
    options.gradient_clip_algorithm = ClipAlgorithm::value;
    if (!options.gradient_clip_val)
      reader.fail("gradient_clip_algorithm", "needs gradient_clip_val, the bound of each number");
  }
  reader.ignore("gradient_clip_algorithm");
  options.weight_max_norm = reader.optional_number("weight_max_norm", {.above = 0});
  const std::string policy = reader.choice("on_nonfinite", {"stop", "skip", "rollback"});
  if (policy != "stop")
    options.on_nonfinite = policy == "skip" ? NonFinitePolicy::skip : NonFinitePolicy::rollback;
  options.max_nonfinite = reader.integer("max_nonfinite", {.at_least = 1});
}

void read_processes(config::Reader& reader, TrainerOptions& options) {
  if (const auto& devices = reader.node("devices"); !devices.is_string() || devices.as_string() != "auto")
    options.devices = reader.integer("devices", {.at_least = 1, .at_most = 1024});
  options.num_nodes = reader.integer("num_nodes", {.at_least = 1, .at_most = 65536});
  reader.choice("strategy", {"auto", "ddp"});
  options.sync_batchnorm = reader.boolean("sync_batchnorm");
  if (options.sync_batchnorm && options.precision == Precision::float64)
    reader.fail("sync_batchnorm", "is for 32 and 16 bit; with precision=64-true leave it out");
  if (options.sync_batchnorm && options.accelerator == Accelerator::cuda)
    reader.fail("sync_batchnorm",
                "is for trainer.accelerator=cpu; on GPUs each normalises by its own part of every batch");
  options.peer_timeout_seconds = reader.number("peer_timeout", {.at_least = 1, .at_most = 1e6});
}

void read_machine(config::Reader& reader, TrainerOptions& options) {
  options.accelerator =
      choose_accelerator(reader.choice("accelerator", accelerator_names()), CudaSupport::of_this_process());
  options.benchmark = reader.optional_boolean("benchmark").value_or(false);
  options.allows_tf32 = reader.choice("float32_matmul_precision", {"highest", "high", "medium"}) != "highest";
  options.precision = supported_precision(reader.choice("precision", precision_names()), options.accelerator,
                                          cpu_has_bfloat16());
  read_processes(reader, options);
  options.num_threads = static_cast<int>(reader.integer("num_threads", {.at_least = 0, .at_most = 1024}));
  options.deterministic = reader.optional_boolean("deterministic").value_or(false);
  options.detect_anomaly = reader.boolean("detect_anomaly");
  options.has_profiler = reader.has("profiler") && reader.choice("profiler", {"simple"}) == "simple";
  reader.ignore("profiler");
}

// A float is a share of the epoch, an integer a number of batches, and 0 of either is off.
void apply_overfit_batches(config::Reader& reader, TrainerOptions& options) {
  const BatchLimit limit = read_limit(reader, "overfit_batches");
  if (is_nothing(limit)) return;
  options.is_overfitting = true;
  options.limit_train_batches = options.limit_val_batches = limit;
}

void apply_barebones(TrainerOptions& options) {
  options.enable_progress_bar = options.enable_model_summary = false;
  options.enable_checkpointing = options.enable_logging = false;
  options.num_sanity_val_steps = 0;
}

void apply_fast_dev_run(int64_t batches, TrainerOptions& options) {
  options.is_dev_run = true;
  options.max_epochs = 1;
  options.max_steps = batches;
  options.min_epochs = options.min_steps = 0;
  options.limit_train_batches = options.limit_val_batches = options.limit_test_batches = {.count = batches};
  options.val_check_interval = {};
  options.check_val_every_n_epoch = 1;
  options.num_sanity_val_steps = 0;
  options.enable_checkpointing = options.enable_logging = false;
}

// true is one batch; 0 and false are off.
int64_t dev_run_batches(config::Reader& reader) {
  if (reader.node("fast_dev_run").is_bool()) return reader.boolean("fast_dev_run") ? 1 : 0;
  return reader.integer("fast_dev_run", {.at_least = 0});
}

}  // namespace

int64_t BatchLimit::of(int64_t batches) const {
  if (count) return std::min(*count, batches);
  return static_cast<int64_t>(static_cast<double>(batches) * share);
}

std::optional<double> parse_duration(const std::string& text) {
  constexpr int kUnits[] = {86400, 3600, 60, 1};  // seconds in a day, an hour, a minute, a second
  double seconds = 0;
  const char *next = text.data(), *const end = next + text.size();
  for (const int unit : kUnits) {
    uint32_t count = 0;
    const auto [rest, error] = std::from_chars(next, end, count);
    const bool is_last = unit == 1;
    if (error != std::errc() || (rest == end) != is_last || (!is_last && *rest != ':')) return std::nullopt;
    seconds += static_cast<double>(count) * unit;
    next = is_last ? rest : rest + 1;
  }
  return seconds;
}

Precision supported_precision(const std::string& name, Accelerator accelerator, bool cpu_has_bfloat16) {
  const auto precision = parse_precision(name);
  if (!precision)
    throw Error(ExitCode::config,
                fmt::format("trainer.precision={}: weights in float16 do not learn; 16-mixed keeps them in "
                            "float32 on a GPU, bf16-true has the range of float32",
                            name));
  if (accelerator == Accelerator::cuda) return *precision;
  if (*precision == Precision::float16_mixed)
    throw Error(
        ExitCode::config,
        fmt::format("trainer.precision={}: float16 is for GPUs; a processor takes bf16-mixed or 32-true",
                    name));
  if ((*precision == Precision::bf16_mixed || *precision == Precision::bf16_true) && !cpu_has_bfloat16)
    throw Error(ExitCode::config,
                fmt::format("trainer.precision={}: this processor has no bfloat16 instructions and would be "
                            "many times slower than with 32-true",
                            name));
  return *precision;
}

TrainerOptions TrainerOptions::from(const config::Node& node) {
  config::Reader reader(node, "trainer");
  TrainerOptions options;
  read_length(reader, options);
  options.limit_train_batches = read_limit(reader, "limit_train_batches");
  options.limit_val_batches = read_limit(reader, "limit_val_batches");
  options.limit_test_batches = read_limit(reader, "limit_test_batches");
  read_validation(reader, options);
  options.log_every_n_steps = reader.integer("log_every_n_steps", {.at_least = 1});
  read_step(reader, options);
  read_machine(reader, options);
  options.enable_progress_bar = reader.boolean("enable_progress_bar");
  options.enable_model_summary = reader.boolean("enable_model_summary");
  options.enable_checkpointing = reader.boolean("enable_checkpointing");
  options.ckpt_path = reader.optional_text("ckpt_path");
  options.allow_changes = reader.texts("allow_changes");
  apply_overfit_batches(reader, options);
  const bool is_barebones = reader.boolean("barebones");
  if (is_barebones) {
    if (options.has_profiler) reader.fail("barebones", "leaves out all that costs time, profiler=simple too");
    apply_barebones(options);
  }
  if (const int64_t batches = dev_run_batches(reader); batches > 0) {
    if (is_barebones) reader.fail("barebones", "a fast_dev_run is for looking, not for measuring");
    if (options.is_overfitting) reader.fail("fast_dev_run", "cannot be combined with overfit_batches");
    if (options.ckpt_path)
      reader.fail("fast_dev_run", "starts afresh and cannot resume: leave out ckpt_path");
    apply_fast_dev_run(batches, options);
  }
  if (options.on_nonfinite == NonFinitePolicy::rollback && !options.enable_checkpointing)
    reader.fail("on_nonfinite", "rollback goes back to a checkpoint, and none would be made");
  reader.finish();
  return options;
}

}  // namespace retort::trainer
