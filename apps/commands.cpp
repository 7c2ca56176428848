// SPDX-License-Identifier: MIT
#include "apps/commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/benchmark_options.h"
#include "apps/evaluate_options.h"
#include "apps/export_options.h"
#include "apps/ranks.h"
#include "apps/runs.h"
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
       check<trainer::TrainingOptions>, /*answer=*/nullptr, /*usage=*/{}, ranks_to_start},
      {"evaluate", "accuracy, calibration and agreement of trained weights", check<EvaluateOptions>},
      {"export", "a trained network as ONNX, safetensors or a PyTorch file", check<ExportOptions>},
      {"benchmark", "size, latency and throughput of networks on this machine, side by side",
       check<BenchmarkOptions>},
      {"cache-teacher", "ask a teacher once for every picture and view; trainings then read the answers",
       check<trainer::TrainingOptions>},
      {"config", "compose any tree of configuration files as Hydra does, and print it",
       /*check_options=*/nullptr},
      {"report", "a page with all that runs left: one run, or several compared", /*check_options=*/nullptr,
       report,
       "retort report RUN [RUN ...] [output=FILE]\n\n"
       "RUN is the folder of a run, or one that holds runs: a study, a sweep, a day. The page goes into the "
       "folder\n"
       "of the one, or for several to report.html here.\n"},
      {"ls", "the runs that are here, with their results", /*check_options=*/nullptr, ls,
       "retort ls [FOLDER ...]\n\nWithout folders: what is below outputs/, multirun/ and studies/.\n"},
      {"diff", "what differs between two runs, in configuration and outcome", /*check_options=*/nullptr, diff,
       "retort diff RUN RUN\n"},
      {"plot", "the curves of a run, in the terminal", /*check_options=*/nullptr, plot,
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
