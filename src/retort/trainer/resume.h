// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/checkpoint/store.h"
#include "retort/core/console.h"
#include "retort/trainer/fingerprint.h"

namespace retort::trainer {

/// A checkpoint to go on from, and the run that it belongs to.
struct ResumePoint {
  checkpoint::Checkpoint checkpoint;
  std::filesystem::path folder;         // .../checkpoints/step-00001234
  std::filesystem::path run_directory;  // holds checkpoints/ and metrics.csv
  Fingerprint fingerprint{};            // what it was made with
};

/// What a resume is held to.
struct ResumeTerms {
  std::filesystem::path run_directory;       // of this run
  Fingerprint fingerprint{};                 // of its configuration
  std::vector<std::string> allow_changes{};  // keys that may differ
};

/// Finds what `trainer.ckpt_path` names: a checkpoint's folder, a run's folder (its newest checkpoint that
/// verifies), or "last" or "best": of this run's directory, else of the most recent run beside it
/// (outputs/DATE/TIME) that was configured alike. Damaged checkpoints are passed over, loudly. An Error
/// (checkpoint) when there is none, or when it was made with another configuration: it names what differs.
ResumePoint find_resume_point(const std::string& ckpt_path, const ResumeTerms& terms, Console& console);

/// The same for "last", and nothing where no run can be gone on with: resume=auto.
std::optional<ResumePoint> find_last(const ResumeTerms& terms, Console& console);

}  // namespace retort::trainer
