// SPDX-License-Identifier: MIT
#include "apps/commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/evaluate_options.h"
#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/study/study_options.h"
#include "retort/trainer/training_options.h"

namespace retort::apps {
namespace {

template <class Options>
void check(const config::Node& config) {
  Options::from(config);
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"study", "teacher, student alone and distilled student, compared in one table",
       check<study::StudyOptions>},
      {"train", "train one network: a teacher, a student alone, or a distilled student",
       check<trainer::TrainingOptions>},
      {"evaluate", "accuracy and loss of trained weights", check<EvaluateOptions>},
      {"config", "compose any tree of configuration files as Hydra does, and print it",
       /*check_options=*/nullptr},
  };
  return table;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

const Command& find_command(const std::string& name) {
  const auto found = std::find_if(commands().begin(), commands().end(),
                                  [&](const Command& command) { return command.name == name; });
  if (found != commands().end()) return *found;
  const std::vector<std::string> names = command_names();
  throw Error(ExitCode::config, fmt::format("'{}' is no command.{} Commands: {}", printable(name),
                                            did_you_mean(name, names), join(names, ", ")));
}

}  // namespace retort::apps
