// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

namespace retort::tracking {

/// Has the installed program `wandb` upload the run in `folder`, and waits for it; its words go where ours
/// go. Returns what the person should be told, or nothing when all went well.
std::string sync_wandb_run(const std::filesystem::path& folder);

}  // namespace retort::tracking
