// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "retort/checkpoint/store.h"
#include "retort/core/console.h"
#include "retort/trainer/callback.h"

namespace retort::trainer {

/// Saves a checkpoint after every epoch and at a stop; keeps the newest (`last`) and, where a validation
/// split chooses it, the one of the highest accuracy (`best`). A full disk is said and training goes on: the
/// older checkpoint stands.
class Checkpointing : public Callback {
 public:
  /// `metadata` goes into model.safetensors, so that the file says what network it holds.
  Checkpointing(Console& console, checkpoint::CheckpointStore store, bool keeps_best,
                std::map<std::string, std::string> metadata);

  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  void on_stop(Trainer& trainer) override;

  std::string name() const override { return "checkpointing"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;

 private:
  struct Best {
    double accuracy = -1;
    int64_t step = -1;
  };

  void save(Trainer& trainer, bool is_best);

  Console& console_;
  checkpoint::CheckpointStore store_;
  bool keeps_best_;
  std::map<std::string, std::string> metadata_;
  Best best_;
};

}  // namespace retort::trainer
