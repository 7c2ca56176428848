// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "apps/run_arguments.h"
#include "apps/runs.h"
#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/report/page.h"

namespace retort::apps {

std::string report(const std::vector<std::string>& arguments) {
  RunArguments parsed = RunArguments::parse(arguments, {"output"});
  if (parsed.folders.empty())
    throw Error(ExitCode::config,
                "retort report needs the folder of a run, or several: retort report outputs/DATE/TIME");
  std::filesystem::path file = parsed.folders.size() == 1 ? parsed.folders[0] / "report.html" : "report.html";
  if (const auto output = parsed.values.find("output"); output != parsed.values.end()) file = output->second;
  report::write_report(parsed.folders, file);
  return fmt::format("report: {}\n", printable(file.string()));
}

}  // namespace retort::apps
