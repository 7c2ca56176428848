// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "apps/run_arguments.h"
#include "apps/runs.h"
#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/report/listing.h"

namespace retort::apps {
namespace {

std::string list_of(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> names;
  for (const std::filesystem::path& folder : folders) names.push_back(printable(folder.string()));
  return join(names, ", ");
}

}  // namespace

std::string ls(const std::vector<std::string>& arguments) {
  std::vector<std::filesystem::path> folders = RunArguments::parse(arguments, {}).folders;
  if (folders.empty()) folders = {"outputs", "multirun", "studies"};
  std::vector<report::Run> runs;
  std::string damaged;
  for (const std::filesystem::path& folder : folders)
    for (const std::filesystem::path& found : report::find_runs(folder)) {
      try {
        runs.push_back(report::read_run(found, report::RowsWanted::last));
      } catch (const Error& error) {  // the others are listed all the same
        damaged += std::string(error.what()) + "\n";
      }
    }
  if (runs.empty() && damaged.empty())
    return fmt::format("no runs below {}; name other folders: retort ls FOLDER\n", list_of(folders));
  return report::list_runs(runs, paper()) + damaged;
}

}  // namespace retort::apps
