// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <torch/types.h>

#include "retort/core/console.h"
#include "retort/models/summary.h"
#include "retort/study/study_options.h"

namespace retort::study {

/// A network of a study, and what it says of the split that it is measured on.
struct Trained {
  std::filesystem::path weights_file;
  std::filesystem::path folder{};  // of the training; empty where it was not ours
  std::string architecture;        // for people
  models::Cost cost{};
  torch::Tensor logits{};  // [N, C] float32, in data-set order
  torch::Tensor labels{};  // [N]
};

/// The network of a training: taken from `folder` where it was finished there, gone on with where it was
/// stopped, else trained. A stop by a signal is an Error (interrupted). Nothing while another process trains
/// it.
std::optional<Trained> train_once(const std::string& name, trainer::TrainingOptions options, Split split,
                                  const std::filesystem::path& folder, Console& console);

/// What the network of a file says of a split of the options' data; it is a teacher's file.
Trained answer_of(const std::filesystem::path& weights_file, const trainer::TrainingOptions& options,
                  Split split);

}  // namespace retort::study
