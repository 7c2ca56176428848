// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// One stream to many writers, in the order given. A writer that fails does not keep the others from their
/// work: `warn` is told what it said. Only start() lets its Error through: nothing has been trained yet.
std::unique_ptr<Tracker> fan_out(std::vector<std::unique_ptr<Tracker>> trackers,
                                 std::function<void(const std::string&)> warn);

}  // namespace retort::tracking
