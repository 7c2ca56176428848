// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/config/node.h"
#include "retort/data/options.h"
#include "retort/methods/teacher_options.h"
#include "retort/models/architecture.h"
#include "retort/optim/optimizer_options.h"
#include "retort/optim/schedule_options.h"
#include "retort/tracking/options.h"
#include "retort/trainer/callback_options.h"
#include "retort/trainer/fingerprint.h"
#include "retort/trainer/options.h"

namespace retort::trainer {

inline constexpr char kBatchSize[] = "data.batch_size";

/// What a run trains (`model.name`).
enum class Role { teacher, student, distill };

/// The whole of `retort train`'s configuration.
struct TrainingOptions {
  Role role = Role::student;
  models::Architecture teacher_architecture{}, student_architecture{};
  data::DataOptions data{};
  methods::TeacherOptions teacher{};
  config::Node method{};  // read by the method that it names
  optim::OptimizerOptions optimizer{};
  optim::ScheduleOptions schedule{};
  TrainerOptions trainer{};
  CallbacksOptions callbacks{};
  bool resumes_by_itself = false;  // resume=auto: from the newest checkpoint, where there is one
  tracking::TrackerOptions tracking{};
  uint64_t seed = 0;
  config::Node config{};      // all of it, as it was given
  Fingerprint fingerprint{};  // what a checkpoint must agree with to go on in this run

  /// Checks every key, the method's too: nothing is left to be refused after data were read.
  static TrainingOptions from(const config::Node& config);

  /// callbacks.batch_size_finder; a dev run looks at other things.
  bool finds_batch_size() const { return callbacks.batch_size_finder && !trainer.is_dev_run; }
  /// As if data.batch_size had been configured so.
  void set_batch_size(int64_t size);

  const models::Architecture& trained_architecture() const {
    return role == Role::teacher ? teacher_architecture : student_architecture;
  }
};

}  // namespace retort::trainer
