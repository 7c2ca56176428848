// SPDX-License-Identifier: MIT
#include "retort/report/page.h"

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/report/html.h"
#include "retort/report/sections.h"
#include "retort/report/study_page.h"

namespace retort::report {

std::string report_page(const std::vector<Run>& runs) {
  const std::string body = headline_section(runs) + outcome_section(runs) + curves_section(runs) +
                           predictions_section(runs) + samples_section(runs) + networks_section(runs) +
                           configuration_section(runs) + footer();
  const std::string title = runs.size() == 1 ? runs[0].name : fmt::format("{} runs compared", runs.size());
  return page("retort: " + title, body);
}

void write_report(const std::vector<std::filesystem::path>& folders, const std::filesystem::path& file) {
  if (const auto study = folders.size() == 1 ? read_study(folders[0]) : std::nullopt)
    return write_file_atomically(file, study_page(*study));
  write_file_atomically(file, report_page(read_runs(folders)));
}

}  // namespace retort::report
