// SPDX-License-Identifier: MIT
#include "retort/study/study.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/engine.h"
#include "apps/leave_report.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::apps {

void study(const Invocation& invocation) {
  const auto options = study::StudyOptions::from(invocation.config);
  const study::StudyResult result = study::run_study(options, invocation.console);
  const auto file = invocation.run_directory / "results.json";
  write_file_atomically(file, study::study_json(options, result).dump(2) + "\n");
  invocation.console.say(
      fmt::format("\n{}", study::study_text(options, result, invocation.console.has_unicode())));
  invocation.console.say(fmt::format("results: {}", printable(file.string())));
  if (const auto report = leave_report(invocation, result.folders); !report.empty())
    invocation.console.say(fmt::format("report: {}", printable(report.string())));
}

}  // namespace retort::apps
