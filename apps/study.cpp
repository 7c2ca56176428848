// SPDX-License-Identifier: MIT
#include "retort/study/study.h"

#include <algorithm>
#include <cstdio>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/engine.h"
#include "apps/leave_report.h"
#include "apps/workers.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::apps {
namespace {

// A worker's words go into a file of its own.
void run_worker(int number, int threads, const study::StudyOptions& options,
                const std::filesystem::path& run_directory) {
  const auto log = run_directory / fmt::format("worker-{}.log", number);
  if (std::freopen(log.c_str(), "w", stdout) == nullptr || std::freopen(log.c_str(), "a", stderr) == nullptr)
    return;
  at::set_num_threads(threads);
  Console console;
  study::run_study(options, console);
}

}  // namespace

void study(const Invocation& invocation) {
  const auto options = study::StudyOptions::from(invocation.config);
  // Trainings side by side, a thread or a few each, are done sooner than one after the other on all cores.
  const int cores = at::get_num_threads();
  const int jobs =
      options.n_jobs > 0 ? options.n_jobs : std::min<int>(cores, static_cast<int>(options.seeds.size()));
  const int threads = std::max(1, cores / jobs);
  const Workers workers(jobs - 1,
                        [&](int number) { run_worker(number, threads, options, invocation.run_directory); });
  at::set_num_threads(threads);
  if (jobs > 1)
    invocation.console.say(fmt::format("{} processes train side by side; the others' words: {}", jobs,
                                       printable((invocation.run_directory / "worker-*.log").string())));
  const study::StudyResult result = study::run_study(options, invocation.console);
  const auto file = invocation.run_directory / "results.json";
  write_file_atomically(file, study::study_json(options, result, invocation.run_directory).dump(2) + "\n");
  invocation.console.say(
      fmt::format("\n{}", study::study_text(options, result, invocation.console.has_unicode())));
  invocation.console.say(fmt::format("results: {}", printable(file.string())));
  if (const auto report = leave_report(invocation); !report.empty())
    invocation.console.say(fmt::format("report: {}", printable(report.string())));
}

}  // namespace retort::apps
