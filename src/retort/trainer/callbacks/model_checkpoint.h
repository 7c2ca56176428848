// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "retort/checkpoint/store.h"
#include "retort/core/console.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"

namespace retort::trainer {

/// Saves checkpoints: after epochs, steps or minutes as the options say, at SIGUSR1, at a stop, and at the
/// end. `last` names the newest; the best by `monitor` are kept under their names, the very best as `best`
/// too. A full disk is said and training goes on: the older checkpoints stand.
class ModelCheckpoint : public Callback {
 public:
  /// `metadata` goes into model.safetensors, so that the file says what network it holds.
  ModelCheckpoint(ModelCheckpointOptions options, Console& console, std::filesystem::path folder,
                  std::map<std::string, std::string> metadata);

  /// Takes over from the run that is gone on with: its best ones, from its folder of checkpoints, and where
  /// it stands. Comes after load_state().
  void adopt(const std::filesystem::path& folder, const checkpoint::Checkpoint& resumed);
  /// Goes on in its own folder from this step: a kill between a checkpoint and its names had left those of
  /// the one before. Comes after load_state().
  void mend_names(int64_t step);

  void on_settled(Trainer& trainer) override;
  void on_stop(Trainer& trainer) override;
  void on_fit_end(Trainer& trainer) override;

  std::string name() const override { return "model_checkpoint"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;

 private:
  struct Kept {
    double value;
    int64_t step;
    std::string name;
  };

  bool is_due(const Trainer& trainer);
  void save(Trainer& trainer);
  /// The best ones when the present network is counted in, the best first.
  std::vector<Kept> ranked_with(const Trainer& trainer) const;
  void rename(const std::vector<Kept>& before);

  ModelCheckpointOptions options_;
  Console& console_;
  checkpoint::CheckpointStore store_;
  std::map<std::string, std::string> metadata_;
  std::vector<Kept> best_{};  // the best first
  std::chrono::steady_clock::time_point saved_at_ = std::chrono::steady_clock::now();
};

}  // namespace retort::trainer
