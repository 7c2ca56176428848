// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace retort::tracking {

/// W&B's closing words for a run: what each metric did, as a line of bars, and all numbers of the summary,
/// JSON by key.
std::string wandb_closing_words(const std::map<std::string, std::vector<double>>& histories,
                                const std::map<std::string, std::string>& summary, int exit_code,
                                bool is_unicode);

/// "wandb sync FOLDER", as a shell takes it.
std::string wandb_sync_command(const std::filesystem::path& folder);

}  // namespace retort::tracking
