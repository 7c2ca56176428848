// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "retort/checkpoint/weights.h"
#include "retort/core/console.h"

namespace retort::apps {

/// Weights and the file that they lie in.
struct WeightsFile {
  std::filesystem::path path;
  checkpoint::Weights weights;
};

/// Reads the weights that a path of the command line names: a file itself, a checkpoint's folder, or a run's
/// folder (of it the newest checkpoint that is whole). A checkpoint of ours is verified, every file of it:
/// what is returned is what was verified.
WeightsFile read_weights_file(const std::filesystem::path& path, Console& console);

}  // namespace retort::apps
