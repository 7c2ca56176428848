// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "retort/config/interpolator.h"
#include "retort/config/node.h"
#include "retort/config/override.h"

namespace retort::config {

/// Applies an override of a value to a composed configuration, whose set of keys is closed: `key=value`
/// changes what is there, `+key` adds, `++key` does either, `~key` removes. An Error (config) shows the
/// override and what would be right. `interpolator` is one over the same `root`; one does for many overrides.
void apply_override(Node& root, const Override& override, Interpolator& interpolator);

}  // namespace retort::config
