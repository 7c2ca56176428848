// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "retort/checkpoint/store.h"
#include "retort/core/console.h"
#include "retort/trainer/fingerprint.h"

namespace retort::trainer {

/// A checkpoint to go on from, and the run that it belongs to.
struct ResumePoint {
  checkpoint::Checkpoint checkpoint;
  std::filesystem::path folder;         // .../checkpoints/step-00001234
  std::filesystem::path run_directory;  // holds checkpoints/ and metrics.csv
};

/// Finds what `trainer.ckpt_path` names: a checkpoint's folder, a run's folder (its newest checkpoint that
/// verifies), or "last": the newest of this run's directory, else of the most recent run beside it
/// (outputs/DATE/TIME) that was configured alike. Damaged checkpoints are passed over, loudly. An Error
/// (checkpoint) when there is none, or when it was made with another configuration: it names what differs.
ResumePoint find_resume_point(const std::string& ckpt_path, const std::filesystem::path& run_directory,
                              const Fingerprint& fingerprint, Console& console);

}  // namespace retort::trainer
