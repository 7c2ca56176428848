// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// Where a table is shown: in so many columns, in Unicode or in ASCII.
struct Paper {
  size_t width = 80;
  bool is_unicode = false;
};

/// Runs as a table, a line each: folder, start, role, network, epochs, accuracies, state; as many of these as
/// there is room for.
std::string list_runs(const std::vector<Run>& runs, const Paper& paper);

/// What differs between two runs, in configuration and in outcome.
std::string diff_runs(const Run& a, const Run& b, const Paper& paper);

}  // namespace retort::report
