// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "retort/config/reader.h"

namespace retort::tracking {

// Keys whose value comes from a variable of the environment (${oc.env:WANDB_NAME,null}): one that is set and
// empty, as CI systems leave them, is as good as not set.

bool is_given(config::Reader& reader, std::string_view key);
/// Nothing where it is not given.
std::optional<std::string> given_text(config::Reader& reader, std::string_view key);

}  // namespace retort::tracking
