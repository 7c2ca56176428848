// SPDX-License-Identifier: MIT
#include "apps/multirun.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <sys/wait.h>

#include "apps/engine_process.h"
#include "apps/front.h"
#include "apps/sweep_job.h"
#include "apps/sweep_options.h"
#include "apps/sweep_table.h"
#include "retort/config/run_directory.h"
#include "retort/config/sweep_plan.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"
#include "retort/distributed/place.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using config::JobOverrides;

class Multirun {
 public:
  explicit Multirun(config::SweepPlan plan) : options_(SweepOptions::from(plan)), plan_(std::move(plan)) {
    for (const config::SweepPlan::PlannedJob& planned : plan_.jobs)
      jobs_.push_back({.number = static_cast<int>(jobs_.size()), .plan = &planned, .start = {}});
  }

  int run() {
    // Who starts us with SIGCHLD ignored would have the kernel reap our jobs before we learn how they ended.
    std::signal(SIGCHLD, SIG_DFL);
    find_finished();
    write_file_atomically(plan_.folder / "multirun.yaml", config::to_yaml(plan_.config));
    say(fmt::format("sweep: {} jobs, {} at a time, in {}", jobs_.size(), options_.n_jobs,
                    printable(plan_.folder.string())));
    for (size_t next = 0; next < jobs_.size() || !running_.empty();) {
      const bool may_start = next < jobs_.size() && !stop_requested();
      if (may_start && jobs_[next].state == SweepJob::State::done_before) {
        ++next;
      } else if (may_start && running_.size() < static_cast<size_t>(options_.n_jobs)) {
        start(jobs_[next++]);
      } else if (!running_.empty()) {
        wait_for_one();
      } else {
        break;
      }
    }
    return report();
  }

 private:
  static void say(const std::string& text) {
    const std::string line = fmt::format("{}\n", text);
    std::fwrite(line.data(), 1, line.size(), stdout);  // a reader that went away does not end a sweep
    std::fflush(stdout);
  }

  void find_finished() {
    for (SweepJob& job : jobs_)
      if (was_finished_before(job)) job.state = SweepJob::State::done_before;
    const auto finished = count(SweepJob::State::done_before);
    if (finished > 0) say(fmt::format("{} of {} jobs were finished before", finished, jobs_.size()));
  }

  std::ptrdiff_t count(SweepJob::State state) const {
    return std::count_if(jobs_.begin(), jobs_.end(), [&](const SweepJob& job) { return job.state == state; });
  }

  // Alone, a job speaks where we do; among others its words go into a file of its own.
  std::optional<fs::path> output_of(const SweepJob& job) const {
    if (options_.n_jobs == 1) return std::nullopt;
    return job.plan->folder / "console.log";
  }

  void start(SweepJob& job) {
    say(fmt::format("#{} : {}", job.number, join(job.plan->overrides, " ")));
    job.start = Clock::now();
    try {
      config::make_run_folder(job.plan->folder, /*must_be_new=*/false);
      std::vector<std::string> arguments = job.plan->arguments;
      std::error_code error;
      if (fs::exists(job.plan->folder / "checkpoints" / "last", error)) arguments.emplace_back(kResume);
      running_[start_engine(arguments, output_of(job))] = &job;
      job.state = SweepJob::State::running;
    } catch (const Error& error) {  // the others run all the same
      job.exit_code = static_cast<int>(error.code());
      job.state = SweepJob::State::failed;
      say(fmt::format("#{} failed: {}", job.number, printable_lines(error.what())));
    }
  }

  // A stop that was asked of us is passed on, once: each engine then saves and ends.
  void pass_on_stop() {
    if (!stop_requested() || stop_was_passed_on_) return;
    for (const auto& [process, job] : running_) kill(process, SIGTERM);
    stop_was_passed_on_ = true;
  }

  void wait_for_one() {
    int status = 0;
    pid_t process = 0;
    while ((process = waitpid(-1, &status, WNOHANG)) == 0) {
      pass_on_stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (process < 0)
      throw std::system_error(errno, std::generic_category(), "waiting for a job of the sweep");
    const auto found = running_.find(process);
    if (found == running_.end()) return;
    SweepJob& job = *found->second;
    running_.erase(found);
    job.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    const bool was_stopped = job.exit_code == static_cast<int>(ExitCode::interrupted);
    job.state = job.exit_code == 0 ? SweepJob::State::done
                : was_stopped      ? SweepJob::State::stopped
                                   : SweepJob::State::failed;
    const double seconds = std::chrono::duration<double>(Clock::now() - job.start).count();
    std::string text = fmt::format("#{} {} after {}", job.number, state_text(job), human_duration(seconds));
    if (const auto output = output_of(job); output && job.exit_code != 0)
      text += fmt::format("; see {}", printable(output->string()));
    say(text);
  }

  SweepTable table() const {
    std::vector<JobOverrides> all;
    for (const SweepJob& job : jobs_) all.push_back(job.plan->overrides);
    SweepTable result;
    result.keys = config::swept_keys(all);
    result.metric = options_.metric;
    result.is_maximized = options_.is_maximized;
    for (const SweepJob& job : jobs_) {
      SweepRow row{.number = job.number, .values = {}, .state = state_text(job), .metrics = {}};
      for (const std::string& key : result.keys)
        for (const std::string& override : job.plan->overrides)
          if (override.starts_with(key + "=")) row.values.push_back(override.substr(key.size() + 1));
      const bool is_done = job.state == SweepJob::State::done || job.state == SweepJob::State::done_before;
      if (is_done) row.metrics = read_results(job.plan->folder / "results.json");
      result.rows.push_back(std::move(row));
    }
    return result;
  }

  int report() const {
    const SweepTable result = table();
    write_file_atomically(plan_.folder / "results.csv", result.to_csv());
    say("\n" + result.to_text(shows_unicode()));
    if (const auto best = result.best())
      say(fmt::format("best by {}: #{} in {}", printable(options_.metric), jobs_[*best].number,
                      printable(jobs_[*best].plan->folder.string())));
    else
      say(fmt::format("no job left a figure {} (hydra.sweeper.metric): none is named best",
                      printable(options_.metric)));

    if (stop_requested() || count(SweepJob::State::stopped) > 0)
      throw Error(ExitCode::interrupted,
                  fmt::format("the sweep was stopped; go on with the same command and hydra.sweep.dir={}",
                              printable(plan_.folder.string())));
    const auto failed = std::find_if(
        jobs_.begin(), jobs_.end(), [](const SweepJob& job) { return job.state == SweepJob::State::failed; });
    if (failed == jobs_.end()) return 0;
    write_stderr(fmt::format("retort: {} of {} jobs failed; again with hydra.sweep.dir={} runs only those\n",
                             count(SweepJob::State::failed), jobs_.size(), printable(plan_.folder.string())));
    return failed->exit_code;
  }

  SweepOptions options_;
  config::SweepPlan plan_;
  std::vector<SweepJob> jobs_;
  std::map<pid_t, SweepJob*> running_;
  bool stop_was_passed_on_ = false;
};

}  // namespace

int run_multirun(const Command& command, const config::CommandLine& line) {
  const auto check = [&](const config::Job& job) {
    check_config(command, job);
    const bool has_launcher = distributed::place_from_environment().has_value();
    if (has_launcher || (command.ranks != nullptr && command.ranks(config::resolved_config(job)) > 0))
      throw Error(ExitCode::config,
                  "a job of a sweep trains in one process: leave out trainer.devices and the launcher");
  };
  Multirun multirun(config::plan_sweep(line, check));  // a signal ends the planning, as it ends any command
  watch_stop_signals();
  return multirun.run();
}

}  // namespace retort::apps
