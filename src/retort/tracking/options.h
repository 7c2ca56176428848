// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/reader.h"

namespace retort::tracking {

/// What `tracker` may list; registry.cpp makes them.
const std::vector<std::string>& tracker_names();

/// The names under `tracker`: one, or a list; each known, none twice.
std::vector<std::string> read_names(config::Reader& root);

}  // namespace retort::tracking
