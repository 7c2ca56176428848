// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/ema_weight_averaging.h"

#include <nlohmann/json.hpp>

#include "retort/trainer/trainer.h"

namespace retort::trainer {

EmaWeightAveraging::EmaWeightAveraging(EmaOptions options, models::Model& model)
    : options_(options), average_(model) {}

void EmaWeightAveraging::on_train_batch_end(Trainer& trainer, const StepResult&) {
  const Progress& progress = trainer.progress();
  const bool may_begin =
      progress.step > options_.update_starting_at_step && progress.epoch >= options_.update_starting_at_epoch;
  const bool is_due = may_begin && progress.step % options_.update_every_n_steps == 0;
  if (has_begun_ && !is_due) return;
  // Until it begins, the average is the network itself.
  average_.update(trainer.model(), has_begun_ ? 1 - options_.decay : 1.0, options_.use_buffers);
  has_begun_ = is_due;
}

void EmaWeightAveraging::on_evaluation_start(Trainer& trainer) { average_.swap(trainer.model()); }
void EmaWeightAveraging::on_evaluation_end(Trainer& trainer) { average_.swap(trainer.model()); }
void EmaWeightAveraging::on_fit_end(Trainer& trainer) { average_.swap(trainer.model()); }

nlohmann::json EmaWeightAveraging::state() const { return {{"has_begun", has_begun_}}; }
void EmaWeightAveraging::load_state(const nlohmann::json& state) { state.at("has_begun").get_to(has_begun_); }

void EmaWeightAveraging::on_save_checkpoint(Trainer&, checkpoint::Checkpoint& checkpoint) {
  average_.save(checkpoint);
}

void EmaWeightAveraging::on_load_checkpoint(Trainer& trainer, const checkpoint::Checkpoint& checkpoint) {
  average_.load(trainer.model(), checkpoint);
}

}  // namespace retort::trainer
