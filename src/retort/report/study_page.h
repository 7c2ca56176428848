// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/report/run_folder.h"
#include "retort/report/study_record.h"

namespace retort::report {

/// A study's record, and those of its trainings that are still there: named by arm and seed, in one group an
/// arm.
struct Study {
  StudyRecord record;
  std::vector<Run> runs;
};

/// Nothing where the folder is not that of a study.
std::optional<Study> read_study(const std::filesystem::path& folder);

/// The verdicts, all arms over all seeds, and of each arm what a report of runs shows.
std::string study_page(const Study& study);

}  // namespace retort::report
