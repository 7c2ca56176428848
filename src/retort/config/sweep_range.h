// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/override_value.h"

namespace retort::config {

/// The values of range(start, stop, step) as override text: start, start + step, ... before stop. Integers
/// stay integers. With a float among the three the sum is kept in decimal with 28 digits, as Hydra does, so
/// that range(0,1,0.1) has the very values that Hydra gives. A CallError when the step is zero, a bound is
/// not finite, or there are more than 100,000 values.
std::vector<std::string> range_values(const RangeSweep& range);

}  // namespace retort::config
