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

/// method.label_smoothing, in [0, 1]: of the labels' cross-entropy, with which a network trained alone takes
/// it too (Szegedy et al., arXiv:1512.00567). 0 where it is absent.
double label_smoothing_of(const config::Node& method);

}  // namespace retort::methods
