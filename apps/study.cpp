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
  const auto arms = study::run_study(options, invocation.run_directory, invocation.console);
  nlohmann::ordered_json results;
  for (const study::Arm& arm : arms)
    results[arm.name] = {{"network", arm.architecture},
                         {"parameters", arm.cost.parameters},
                         {"forward_flops", arm.cost.forward_flops},
                         {"test/accuracy_top1", arm.test.accuracy_top1},
                         {"test/errors", arm.test.errors},
                         {"test/loss", arm.test.loss},
                         {"seconds", arm.seconds}};
  write_file_atomically(invocation.run_directory / "results.json", results.dump(2) + "\n");
  invocation.console.say(fmt::format("\n{}", study::study_table(arms)));
  invocation.console.say(
      fmt::format("results: {}", printable((invocation.run_directory / "results.json").string())));
  leave_report(invocation);
}

}  // namespace retort::apps
