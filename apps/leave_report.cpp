// SPDX-License-Identifier: MIT
#include "apps/leave_report.h"

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/report/page.h"

namespace retort::apps {

void leave_report(const Invocation& invocation, const std::vector<std::filesystem::path>& folders) {
  const std::filesystem::path file = invocation.run_directory / "report.html";
  try {
    report::write_report(folders, file);
    invocation.console.say(fmt::format("report: {}", printable(file.string())));
  } catch (const Error& error) {
    invocation.console.warn(fmt::format("there is no report: {}", error.what()));
  }
}

}  // namespace retort::apps
