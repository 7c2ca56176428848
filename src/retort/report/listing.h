// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// Runs as a table, a line each: folder, start, role, network, epochs, accuracies, state.
std::string list_runs(const std::vector<Run>& runs, bool is_unicode);

/// What differs between two runs, in configuration and in outcome.
std::string diff_runs(const Run& a, const Run& b, bool is_unicode);

}  // namespace retort::report
