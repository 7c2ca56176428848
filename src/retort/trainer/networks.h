// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "retort/core/console.h"
#include "retort/data/dataset.h"
#include "retort/methods/method.h"
#include "retort/models/summary.h"
#include "retort/trainer/network_file.h"
#include "retort/trainer/teacher_form.h"
#include "retort/trainer/training_options.h"

namespace retort::trainer {

/// The networks of a training, and how the one is taught by the others.
struct Networks {
  std::unique_ptr<methods::Method> method;
  std::vector<LoadedNetwork> teachers;      // frozen; none where a recording answers for them
  FrozenTeacher teacher;                    // nothing where the method needs none; a recording is not live
  std::shared_ptr<models::Model> model;     // that is trained, stored as trainer.precision says
  std::vector<models::SummaryRow> summary;  // the teachers, then what is trained

  const models::Cost& cost() const { return summary.back().cost; }
};

/// Loads the teachers and makes the network that is trained, its first weights by the seed.
Networks make_networks(const TrainingOptions& options, const data::DataModule& data, Console& console);

}  // namespace retort::trainer
