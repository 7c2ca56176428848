// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// Of more runs, predictions and pictures are not shown.
constexpr size_t kMostDetailedRuns = 12;

// The parts of a report, each as HTML with its heading; empty where the runs have nothing to show in it.

/// "cifar10, begun 2026-11-24 15:23 on host (2 cores)"
std::string subtitle_of(const Run& run);
/// A line for each run of whose metrics some are lost.
std::string damage_notes(const std::vector<Run>& runs);
/// The end of every page.
std::string footer();

std::string headline_section(const std::vector<Run>& runs);
std::string outcome_section(const std::vector<Run>& runs);
std::string curves_section(const std::vector<Run>& runs);
std::string predictions_section(const std::vector<Run>& runs);
std::string samples_section(const std::vector<Run>& runs);
std::string networks_section(const std::vector<Run>& runs);
std::string configuration_section(const std::vector<Run>& runs);

}  // namespace retort::report
