// SPDX-License-Identifier: MIT
#include "retort/trainer/training_options.h"

#include <algorithm>

#include "retort/config/reader.h"
#include "retort/methods/method_options.h"
#include "retort/tracking/options.h"

namespace retort::trainer {
namespace {

// In the order of Role's enumerators.
const std::vector<std::string>& role_names() {
  static const std::vector<std::string> names = {"teacher", "student", "distill"};
  return names;
}

}  // namespace

TrainingOptions TrainingOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  TrainingOptions options;
  config::Reader model = reader.child("model");
  const std::string role = model.choice("name", role_names());
  options.role =
      static_cast<Role>(std::find(role_names().begin(), role_names().end(), role) - role_names().begin());
  options.teacher_architecture = models::Architecture::from(model.node("teacher"), "model.teacher");
  options.student_architecture = models::Architecture::from(model.node("student"), "model.student");
  model.finish();
  options.data = data::DataOptions::from(reader.node("data"));
  options.teacher = methods::TeacherOptions::from(reader.node("teacher"));
  options.method = reader.node("method");
  methods::check_method_options(options.method);
  options.optimizer = optim::OptimizerOptions::from(reader.node("optimizer"));
  options.schedule = optim::ScheduleOptions::from(reader.node("schedule"));
  options.trainer = TrainerOptions::from(reader.node("trainer"));
  options.trackers = tracking::read_names(reader);
  options.seed = static_cast<uint64_t>(reader.integer("seed", {.at_least = 0}));
  reader.finish();
  options.fingerprint = fingerprint_of(config);
  return options;
}

}  // namespace retort::trainer
