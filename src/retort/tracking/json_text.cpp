// SPDX-License-Identifier: MIT
#include "retort/tracking/json_text.h"

#include <cmath>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace retort::tracking {
namespace {

const char* name_of_nonfinite(double value) {
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

void collect(const nlohmann::ordered_json& value, const std::string& path,
             std::vector<std::pair<std::string, nlohmann::ordered_json>>& found) {
  if (!value.is_object()) {
    found.emplace_back(path, value);
    return;
  }
  for (const auto& [key, inner] : value.items())
    collect(inner, path.empty() ? key : fmt::format("{}.{}", path, key), found);
}

}  // namespace

std::string json_number(double value) {
  if (!std::isfinite(value)) return fmt::format("\"{}\"", name_of_nonfinite(value));
  return fmt::format("{}", value);
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

nlohmann::ordered_json to_json(const config::Node& node) {
  if (node.is_null()) return nullptr;
  if (node.is_bool()) return node.as_bool();
  if (node.is_int()) return node.as_int();
  if (node.is_string()) return node.as_string();
  if (node.is_float()) {
    if (std::isfinite(node.as_float())) return node.as_float();
    return name_of_nonfinite(node.as_float());
  }
  if (node.is_list()) {
    auto list = nlohmann::ordered_json::array();
    for (const config::Node& item : node.as_list()) list.push_back(to_json(item));
    return list;
  }
  auto dict = nlohmann::ordered_json::object();
  for (const auto& [key, value] : node.as_dict()) dict[key.text()] = to_json(value);
  return dict;
}

std::vector<std::pair<std::string, nlohmann::ordered_json>> leaves(const nlohmann::ordered_json& config) {
  std::vector<std::pair<std::string, nlohmann::ordered_json>> found;
  collect(config, "", found);
  return found;
}

nlohmann::ordered_json defaults_left(const nlohmann::ordered_json& config,
                                     const nlohmann::ordered_json& defaults) {
  std::map<std::string, nlohmann::ordered_json> known;
  for (auto& [key, value] : leaves(defaults)) known.emplace(key, std::move(value));
  auto left = nlohmann::ordered_json::object();
  for (const auto& [key, value] : leaves(config))
    if (const auto found = known.find(key); found != known.end()) {
      if (found->second != value) left[key] = found->second;
    } else if (!value.is_null()) {
      left[key] = nullptr;
    }
  return left;
}

}  // namespace retort::tracking
