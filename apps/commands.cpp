// SPDX-License-Identifier: MIT
#include "apps/commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"study", "teacher, student alone and distilled student, compared in one table",
       /*runs_in_engine=*/true},
      {"train", "train one network: a teacher, a student alone, or a distilled student",
       /*runs_in_engine=*/true},
      {"evaluate", "accuracy and loss of trained weights", /*runs_in_engine=*/true},
      {"config", "compose any tree of configuration files as Hydra does, and print it",
       /*runs_in_engine=*/false},
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
