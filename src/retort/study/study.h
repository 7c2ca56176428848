// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "retort/core/console.h"
#include "retort/study/account.h"
#include "retort/study/study_options.h"
#include "retort/study/verdict.h"

namespace retort::study {

/// What a study found: the teacher, then for each student alone the ways to distil that share it.
struct StudyResult {
  std::vector<ArmFigures> arms;          // as they stand in the table
  std::vector<std::string> verdicts;     // a line a distilled arm: "temperature=20: distillation helps: ..."
  std::vector<StudyTraining> trainings;  // each once, in the order in which they were asked for
  std::vector<std::string> biased;       // a line an arm: what the class bias of the options makes of it
};

/// Trains what is missing of every teacher, control and distilled student for every seed, and compares them
/// by the last epoch's network on the test set, or what options.split says. Each training lives in
/// options.folder under its hash, so that the same training of another study, or of this one when it was
/// stopped, is taken and gone on with. Two processes may work on one study: each passes over what the other
/// is training.
StudyResult run_study(const StudyOptions& options, Console& console);

/// The table, the verdicts and what they rest on, for a person.
std::string study_text(const StudyOptions& options, const StudyResult& result, bool is_unicode);

/// results.json in `run_directory`: for each arm the means under "ARM" (a sweep's table shows them), every
/// seed's figures and folder, the command and what each training took.
nlohmann::ordered_json study_json(const StudyOptions& options, const StudyResult& result,
                                  const std::filesystem::path& run_directory);

}  // namespace retort::study
