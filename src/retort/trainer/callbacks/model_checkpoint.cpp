// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/model_checkpoint.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/trainer/checkpoint_name.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

ModelCheckpoint::ModelCheckpoint(ModelCheckpointOptions options, Console& console,
                                 std::filesystem::path folder, std::map<std::string, std::string> metadata)
    : options_(std::move(options)),
      console_(console),
      store_(std::move(folder)),
      metadata_(std::move(metadata)) {}

void ModelCheckpoint::adopt(const std::filesystem::path& folder, const checkpoint::Checkpoint& resumed) {
  const std::vector<Kept> there = std::exchange(best_, {});
  for (const Kept& kept : there) {
    try {
      store_.save(checkpoint::load_checkpoint(folder / fmt::format("step-{:08}", kept.step)));
    } catch (const Error& error) {
      console_.warn(fmt::format("one of the best checkpoints is not carried over: {}", error.what()));
      continue;
    }
    best_.push_back(kept);
  }
  store_.save(resumed);
  rename({});
}

void ModelCheckpoint::mend_names(int64_t step) {
  const auto last = store_.marked("last");
  // Where an older one was asked for, the newer ones keep their names.
  if (!store_.has(step) || (last && *last > step)) return;
  store_.mark("last", step);
  const std::vector<std::string> names = store_.names();
  std::vector<Kept> gone;
  for (const std::string& name : names)
    if (name != "last" && name != "best") gone.push_back({.value = 0, .step = 0, .name = name});
  std::erase_if(best_, [&](const Kept& kept) { return !store_.has(kept.step); });
  rename(gone);
  store_.prune(/*keep=*/2);
}

bool ModelCheckpoint::is_due(const Trainer& trainer) {
  const Progress& progress = trainer.progress();
  if (trainer.is_done() || take_save_request()) return true;
  if (options_.every_n_train_steps > 0) return progress.step % options_.every_n_train_steps == 0;
  if (options_.train_time_interval_seconds)
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - saved_at_).count() >=
           *options_.train_time_interval_seconds;
  return progress.batch == 0 && progress.epoch % options_.every_n_epochs == 0;
}

void ModelCheckpoint::on_settled(Trainer& trainer) {
  if (!trainer.strategy().any(is_due(trainer))) return;
  const std::vector<Kept> before = best_;
  try {
    save(trainer);
  } catch (const Error& error) {
    best_ = before;
    if (error.code() != ExitCode::resources || trainer.is_done()) throw;
    console_.warn(std::string("no checkpoint this time, training goes on: ") + error.what());
  }
}

void ModelCheckpoint::on_stop(Trainer& trainer) { save(trainer); }

void ModelCheckpoint::on_fit_end(Trainer& trainer) {
  if (options_.save_last || !trainer.strategy().is_main()) return;
  store_.unmark("last");
  store_.prune(/*keep=*/0);
}

void ModelCheckpoint::save(Trainer& trainer) {
  trainer.strategy().check_weights(trainer.model());
  saved_at_ = std::chrono::steady_clock::now();
  if (!trainer.strategy().is_main()) return;
  // The checkpoint itself remembers that it is among the best.
  const std::vector<Kept> before = std::exchange(best_, ranked_with(trainer));
  checkpoint::Checkpoint checkpoint = trainer.checkpoint();
  for (const auto& [name, file] : checkpoint.files) check_finite(file.tensors);
  checkpoint.files["model"].metadata = metadata_;
  store_.save(checkpoint);
  rename(before);
  store_.prune(/*keep=*/2);
}

std::vector<ModelCheckpoint::Kept> ModelCheckpoint::ranked_with(const Trainer& trainer) const {
  const Progress& progress = trainer.progress();
  std::vector<Kept> ranked = best_;
  const auto value = options_.monitor ? trainer.metric(*options_.monitor) : std::nullopt;
  // A figure of an evaluation speaks for the network that was evaluated, and for no later one.
  const bool is_of_training = options_.monitor && options_.monitor->starts_with("train/");
  const bool is_known =
      std::any_of(ranked.begin(), ranked.end(), [&](const Kept& kept) { return kept.step == progress.step; });
  if (!value || is_known || options_.save_top_k == 0 ||
      (!is_of_training && progress.evaluated_step != progress.step))
    return ranked;
  const int64_t epoch = progress.batch == 0 ? progress.epoch - 1 : progress.epoch;
  const std::string wanted = checkpoint_name(options_.filename, epoch, progress.step, progress.metrics);
  std::string name = wanted;
  const auto is_taken = [&](const Kept& kept) { return kept.name == name; };
  for (int version = 1; std::any_of(ranked.begin(), ranked.end(), is_taken); ++version)
    name = fmt::format("{}-v{}", wanted, version);
  // After those that are as good: an equal one does not push out the older.
  const auto place = std::find_if(ranked.begin(), ranked.end(), [&](const Kept& kept) {
    return is_better(*value, kept.value, options_.mode);
  });
  ranked.insert(place, {*value, progress.step, name});
  if (options_.save_top_k > 0 && static_cast<int64_t>(ranked.size()) > options_.save_top_k) ranked.pop_back();
  return ranked;
}

void ModelCheckpoint::rename(const std::vector<Kept>& before) {
  for (const Kept& kept : best_) store_.mark(kept.name, kept.step);
  if (!best_.empty()) store_.mark("best", best_.front().step);
  for (const Kept& kept : before)
    if (std::none_of(best_.begin(), best_.end(), [&](const Kept& other) { return other.name == kept.name; }))
      store_.unmark(kept.name);
}

nlohmann::json ModelCheckpoint::state() const {
  nlohmann::json best = nlohmann::json::array();
  for (const Kept& kept : best_)
    best.push_back({{"value", kept.value}, {"step", kept.step}, {"name", kept.name}});
  return {{"best", best}};
}

void ModelCheckpoint::load_state(const nlohmann::json& state) {
  best_.clear();
  for (const auto& kept : state.at("best"))
    best_.push_back(
        {kept.at("value").get<double>(), kept.at("step").get<int64_t>(), kept.at("name").get<std::string>()});
}

}  // namespace retort::trainer
