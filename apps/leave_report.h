// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include "apps/engine.h"

namespace retort::apps {

/// Writes report.html of all runs in the folders, into the run's directory, and returns its path. A report
/// that cannot be made is warned of, and the path is empty: the work is done all the same.
std::filesystem::path leave_report(const Invocation& invocation,
                                   const std::vector<std::filesystem::path>& folders);

}  // namespace retort::apps
