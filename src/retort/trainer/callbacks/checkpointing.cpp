// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/checkpointing.h"

#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

Checkpointing::Checkpointing(Console& console, checkpoint::CheckpointStore store, bool keeps_best,
                             std::map<std::string, std::string> metadata)
    : console_(console), store_(std::move(store)), keeps_best_(keeps_best), metadata_(std::move(metadata)) {}

void Checkpointing::on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) {
  const bool is_best = keeps_best_ && epoch.evaluation && epoch.evaluation->accuracy_top1 > best_.accuracy;
  // The checkpoint itself remembers that it is the best; when it cannot be written, the older one still is.
  const Best previous_best = best_;
  if (is_best) best_ = {.accuracy = epoch.evaluation->accuracy_top1, .step = trainer.progress().step};
  try {
    save(trainer, is_best);
  } catch (const Error& error) {
    best_ = previous_best;
    const bool is_last = trainer.progress().step == trainer.total_steps();
    if (error.code() != ExitCode::resources || is_last) throw;
    console_.warn(std::string("no checkpoint this time, training goes on: ") + error.what());
  }
}

void Checkpointing::on_stop(Trainer& trainer) { save(trainer, /*is_best=*/false); }

void Checkpointing::save(Trainer& trainer, bool is_best) {
  checkpoint::Checkpoint checkpoint = trainer.checkpoint();
  checkpoint.files["model"].metadata = metadata_;
  store_.save(checkpoint);
  store_.mark("last", checkpoint.step);
  if (is_best) store_.mark("best", checkpoint.step);
  store_.prune(/*keep=*/2);
}

nlohmann::json Checkpointing::state() const {
  return {{"best_accuracy", best_.accuracy}, {"best_step", best_.step}};
}

void Checkpointing::load_state(const nlohmann::json& state) {
  best_ = {.accuracy = state.at("best_accuracy").get<double>(), .step = state.at("best_step").get<int64_t>()};
}

}  // namespace retort::trainer
