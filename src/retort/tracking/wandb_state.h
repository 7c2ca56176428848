// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace retort::tracking {

/// Where the W&B run of a training stands: .wandb.json in the run's folder, for whoever resumes it.
struct WandbState {
  std::string id{};      // of the W&B run
  std::string folder{};  // relative to the run's folder, or absolute
};

std::string to_json(const WandbState& state);
/// Nothing where the text is no such state.
std::optional<WandbState> parse_wandb_state(std::string_view text);

}  // namespace retort::tracking
