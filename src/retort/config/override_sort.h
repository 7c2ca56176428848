// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "retort/config/override_value.h"

namespace retort::config {

// The orders of sort() in the override grammar: Python's, as far as it has one. A CallError says what cannot
// be compared.

/// Numbers, bare text, and lists of these.
void sort_values(std::vector<Element>& values, bool reverse);

/// A range that runs the other way is turned round: its last value, as the bounds tell it, becomes the first.
void sort_range(RangeSweep& range, bool reverse);

/// Whether the element counts as a number: booleans do.
bool is_number(const Element& element);

}  // namespace retort::config
