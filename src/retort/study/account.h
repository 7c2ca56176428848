// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace retort::study {

/// One training of a study.
struct StudyTraining {
  std::string name;              // "student distilled, seed 1"
  std::filesystem::path folder;  // what it left
};

/// What it took, and where and by what program: name, folder, and of run.json and results.json there:
/// seconds, images_per_second, started_at, machine, versions, git_commit. What the files do not say is left
/// out.
nlohmann::ordered_json account_of(const StudyTraining& training);

}  // namespace retort::study
