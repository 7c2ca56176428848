// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "retort/core/console.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/callbacks/model_checkpoint.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// What callbacks are made from.
struct CallbackSetup {
  const TrainingOptions& options;
  models::Model& model;
  std::filesystem::path run_directory;
  Console& console;
  std::string evaluation_name;                    // val or test
  std::map<std::string, std::string> metadata{};  // of model.safetensors
};

/// The callbacks of a run, in the order in which their hooks are called: who changes the training, who looks
/// at it, who logs, and who saves.
struct CallbackList {
  std::vector<std::unique_ptr<Callback>> callbacks;
  ModelCheckpoint* checkpoints = nullptr;  // one of them; nothing where nothing is saved
};

/// Those that a log needs come from the caller, in `loggers`.
CallbackList make_callbacks(const CallbackSetup& setup, std::vector<std::unique_ptr<Callback>> loggers);

}  // namespace retort::trainer
