// SPDX-License-Identifier: MIT
#include "apps/leave_report.h"

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/report/page.h"

namespace retort::apps {

std::filesystem::path leave_report(const Invocation& invocation) {
  const std::filesystem::path file = invocation.run_directory / "report.html";
  try {
    report::write_report({invocation.run_directory}, file);
    return file;
  } catch (const Error& error) {
    invocation.console.warn(fmt::format("there is no report: {}", error.what()));
    return {};
  }
}

}  // namespace retort::apps
