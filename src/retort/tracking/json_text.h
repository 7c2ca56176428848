// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "retort/config/node.h"

namespace retort::tracking {

/// A number as JSON: the shortest text that reads back to the same bits; JSON has no NaN and no infinity, so
/// these are the texts "NaN", "Infinity" and "-Infinity", as W&B writes them.
std::string json_number(double value);
/// Text as JSON, in quotes. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);
/// A configuration as JSON, keys in its order.
nlohmann::ordered_json to_json(const config::Node& node);

/// The leaves of a configuration by their dotted keys, in its order: "optimizer.lr". A list is one leaf.
std::vector<std::pair<std::string, nlohmann::ordered_json>> leaves(const nlohmann::ordered_json& config);

/// The values of `defaults` by dotted key, where `config` has other ones; null for what only `config` has.
nlohmann::ordered_json defaults_left(const nlohmann::ordered_json& config,
                                     const nlohmann::ordered_json& defaults);

}  // namespace retort::tracking
