// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "retort/config/sweep_plan.h"

namespace retort::apps {

/// A training that was broken off goes on from its last checkpoint.
inline constexpr const char* kResume = "trainer.ckpt_path=last";

/// One job of a sweep, and how it fares.
struct SweepJob {
  enum class State { waiting, running, done, done_before, failed, stopped };

  int number = 0;
  const config::SweepPlan::PlannedJob* plan = nullptr;
  State state = State::waiting;
  int exit_code = 0;
  std::chrono::steady_clock::time_point start;
};

/// "done", "failed (5)", "stopped", "not run".
std::string state_text(const SweepJob& job);

/// Whether an earlier sweep in the same folder finished this job: it left results. An Error (config) where
/// the folder holds another job, or one that was finished with another configuration.
bool was_finished_before(const SweepJob& job);

}  // namespace retort::apps
