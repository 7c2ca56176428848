// SPDX-License-Identifier: MIT
#include "apps/commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/runs.h"
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
      {"report", "a page with all that runs left: one run, or several compared", /*runs_in_engine=*/false,
       report,
       "retort report RUN [RUN ...] [output=FILE]\n\n"
       "RUN is the folder of a run, or one that holds runs: a study, a sweep, a day. The page goes into the "
       "folder\n"
       "of the one, or for several to report.html here.\n"},
      {"ls", "the runs that are here, with their results", /*runs_in_engine=*/false, ls,
       "retort ls [FOLDER ...]\n\nWithout folders: what is below outputs/, multirun/ and studies/.\n"},
      {"diff", "what differs between two runs, in configuration and outcome", /*runs_in_engine=*/false, diff,
       "retort diff RUN RUN\n"},
      {"plot", "the curves of a run, in the terminal", /*runs_in_engine=*/false, plot,
       "retort plot RUN [metric=NAME]\n"},
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
