// SPDX-License-Identifier: MIT
#include "apps/run_arguments.h"
#include "apps/runs.h"
#include "retort/core/error.h"
#include "retort/report/listing.h"

namespace retort::apps {

std::string diff(const std::vector<std::string>& arguments) {
  const RunArguments parsed = RunArguments::parse(arguments, {});
  if (parsed.folders.size() != 2)
    throw Error(ExitCode::config, "retort diff needs two folders of runs: retort diff outputs/A outputs/B");
  return report::diff_runs(report::read_run(parsed.folders[0]), report::read_run(parsed.folders[1]), paper());
}

}  // namespace retort::apps
