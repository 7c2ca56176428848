// SPDX-License-Identifier: MIT
#pragma once

#include "retort/config/node.h"
#include "retort/trainer/training_options.h"

namespace retort::study {

/// `retort study`: a teacher, the student alone and the student distilled from the teacher, trained by one
/// configuration but for what `study.ARM` changes in it.
struct StudyOptions {
  trainer::TrainingOptions teacher{}, student{}, distill{};

  static StudyOptions from(const config::Node& config);
};

}  // namespace retort::study
