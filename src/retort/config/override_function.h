// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/override_call.h"

namespace retort::config {

/// The value of a call. The functions are Hydra's: the sweeps choice, range, interval and glob; sort, shuffle
/// and tag; the casts int, float, str, bool and json_str, which go into lists, dictionaries and sweeps; and
/// extend_list.
Element call_override_function(OverrideCall call);

std::vector<std::string> override_function_names();

}  // namespace retort::config
