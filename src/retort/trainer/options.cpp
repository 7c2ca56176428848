// SPDX-License-Identifier: MIT
#include "retort/trainer/options.h"

#include <algorithm>

#include "retort/config/reader.h"

namespace retort::trainer {
namespace {

BatchLimit read_limit(config::Reader& reader, const std::string& key) {
  if (reader.node(key).is_int()) return {.count = reader.integer(key, {.at_least = 0})};
  return {.share = reader.number(key, {.at_least = 0, .at_most = 1})};
}

}  // namespace

int64_t BatchLimit::of(int64_t batches) const {
  if (count) return std::min(*count, batches);
  return static_cast<int64_t>(static_cast<double>(batches) * share);
}

TrainerOptions TrainerOptions::from(const config::Node& node) {
  config::Reader reader(node, "trainer");
  TrainerOptions options;
  options.max_epochs = reader.integer("max_epochs", {.at_least = 1, .at_most = 1e6});
  options.max_steps = reader.integer("max_steps", {.at_least = -1, .at_most = 1e12});
  options.limit_train_batches = read_limit(reader, "limit_train_batches");
  options.limit_val_batches = read_limit(reader, "limit_val_batches");
  options.limit_test_batches = read_limit(reader, "limit_test_batches");
  options.check_val_every_n_epoch = reader.integer("check_val_every_n_epoch", {.at_least = 1});
  options.log_every_n_steps = reader.integer("log_every_n_steps", {.at_least = 1});
  options.precision = parse_precision(reader.choice("precision", precision_names()));
  reader.choice("accelerator", {"auto", "cpu"});
  options.num_threads = static_cast<int>(reader.integer("num_threads", {.at_least = 0, .at_most = 1024}));
  options.weight_max_norm = reader.optional_number("weight_max_norm", {.above = 0});
  options.enable_progress_bar = reader.boolean("enable_progress_bar");
  options.enable_model_summary = reader.boolean("enable_model_summary");
  options.enable_checkpointing = reader.boolean("enable_checkpointing");
  options.ckpt_path = reader.optional_text("ckpt_path");
  reader.finish();
  return options;
}

}  // namespace retort::trainer
