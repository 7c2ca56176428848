// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_state.h"

#include "retort/tracking/json_record.h"

namespace retort::tracking {

using Json = nlohmann::ordered_json;

std::string to_json(const MlflowState& state) {
  const Json json = {{"tracking_uri", state.tracking_uri},
                     {"run_id", state.run_id},
                     {"has_params", state.has_params},
                     {"rows_sent", state.rows_sent}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<MlflowState> parse_mlflow_state(std::string_view text) {
  constexpr int kMaxDepth = 2;
  return parse_json_record(text, kMaxDepth, [](const Json& json) -> std::optional<MlflowState> {
    MlflowState state{.tracking_uri = json.at("tracking_uri"),
                      .run_id = json.at("run_id"),
                      .has_params = json.at("has_params"),
                      .rows_sent = json.at("rows_sent")};
    // It becomes a part of paths and addresses.
    if (state.run_id.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
    return state;
  });
}

}  // namespace retort::tracking
