// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/json.h"

namespace retort::tracking {

/// What `read` makes of a JSON text that may be damaged or a stranger's: read(const ordered_json&) gives an
/// optional. Nothing where the text is no JSON, where it is nested deeper than `max_depth`, and where `read`
/// does not find what it looks for.
template <class Read>
auto parse_json_record(std::string_view text, int max_depth, Read read)
    -> decltype(read(nlohmann::ordered_json())) {
  try {
    parse_json(text, max_depth, ExitCode::data, "");  // sound, and not too deep to copy
    return read(nlohmann::ordered_json::parse(text));
  } catch (const nlohmann::ordered_json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace retort::tracking
