// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "retort/core/console.h"

namespace retort::apps {

/// The weights that a path of the command line names: a file itself, a checkpoint's folder, or a run's folder
/// (of it the newest checkpoint that is whole). A checkpoint of ours is verified, every file of it, before a
/// figure is given for it.
std::filesystem::path find_weights_file(const std::filesystem::path& path, Console& console);

}  // namespace retort::apps
