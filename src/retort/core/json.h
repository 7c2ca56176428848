// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "retort/core/error.h"

namespace retort {

/// JSON from a file that may be damaged or a stranger's: UTF-8, no key twice in a dictionary, nothing after
/// the value, and nested at most `max_depth` deep. An Error with `code` that names `file` otherwise.
nlohmann::json parse_json(std::string_view text, int max_depth, ExitCode code, const std::string& file);

}  // namespace retort
