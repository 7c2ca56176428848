// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "apps/engine.h"

namespace retort::apps {

/// Writes report.html of the run or study into its directory, and returns its path. A report that cannot be
/// made is warned of, and the path is empty: the work is done all the same.
std::filesystem::path leave_report(const Invocation& invocation);

}  // namespace retort::apps
