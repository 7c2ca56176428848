// SPDX-License-Identifier: MIT
#include "apps/engine.h"
#include "retort/data/registry.h"
#include "retort/trainer/teacher_form.h"

namespace retort::apps {

void cache_teacher(const Invocation& invocation) {
  const auto options = trainer::TrainingOptions::from(invocation.config);
  const data::DataModule data = data::load_data(options.data, options.seed);
  trainer::cache_teacher(options, data, invocation.console);
}

}  // namespace retort::apps
