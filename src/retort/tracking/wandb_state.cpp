// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_state.h"

#include "retort/tracking/json_record.h"

namespace retort::tracking {

using Json = nlohmann::ordered_json;

std::string to_json(const WandbState& state) {
  const Json json = {{"id", state.id}, {"folder", state.folder}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<WandbState> parse_wandb_state(std::string_view text) {
  constexpr int kMaxDepth = 2;
  return parse_json_record(text, kMaxDepth, [](const Json& json) -> std::optional<WandbState> {
    return WandbState{.id = json.at("id"), .folder = json.at("folder")};
  });
}

}  // namespace retort::tracking
