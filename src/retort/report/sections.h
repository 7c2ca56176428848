// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// Of more runs, predictions and pictures are not shown.
constexpr size_t kMostDetailedRuns = 12;

// The parts of a report, each as HTML with its heading; empty where the runs have nothing to show in it.

std::string headline_section(const std::vector<Run>& runs);
std::string outcome_section(const std::vector<Run>& runs);
std::string curves_section(const std::vector<Run>& runs);
std::string predictions_section(const std::vector<Run>& runs);
std::string samples_section(const std::vector<Run>& runs);
std::string networks_section(const std::vector<Run>& runs);
std::string configuration_section(const std::vector<Run>& runs);

/// The color of the run at an index: of its role when the runs are one of each, else of its place.
int color_of(const std::vector<Run>& runs, size_t index);

}  // namespace retort::report
