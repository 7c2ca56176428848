// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::methods {

/// What method.name may say; registry.cpp makes them.
const std::vector<std::string>& method_names();

/// Reads the options of the method that `method` names, for their errors alone.
void check_method_options(const config::Node& method);

}  // namespace retort::methods
