// SPDX-License-Identifier: MIT
// The engine: the commands that train or infer. The front becomes this program, with the same arguments.
#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "apps/engine.h"
#include "retort/config/command_line.h"
#include "retort/config/job.h"
#include "retort/config/run_directory.h"
#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/process.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"

namespace retort::apps {
namespace {

using CommandFunction = void (*)(const Invocation&);

CommandFunction find_function(const std::string& command) {
  static const std::vector<std::pair<std::string, CommandFunction>> table = {
      {"train", train}, {"cache-teacher", cache_teacher}, {"evaluate", evaluate},
      {"study", study}, {"export", export_network},       {"benchmark", benchmark}};
  for (const auto& [name, function] : table)
    if (name == command) return function;
  throw Error(ExitCode::config,
              fmt::format("'{}' is not a command of the engine; start it through retort", command));
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// Two runs that write to one directory would spoil each other. The lock is the kernel's: it goes with the
// process. What the file holds is for whoever comes second.
void hold(const std::filesystem::path& run_directory) {
  const std::string name = (run_directory / ".lock").string();
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  const bool is_held = file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0;
  char text[256] = {};
  if (!is_held && errno == EWOULDBLOCK && read(file, text, sizeof text - 1) >= 0)
    throw Error(ExitCode::resources,
                fmt::format("{} is held by another run ({}); choose another hydra.run.dir",
                            printable(run_directory.string()), printable(first_line(text))));
  if (!is_held)
    throw Error(ExitCode::resources,
                fmt::format("cannot lock {}: {}", printable(name), std::generic_category().message(errno)));
  gethostname(text, sizeof text - 1);
  const std::string holder = fmt::format("process {} on {}\n", getpid(), text);
  if (ftruncate(file, 0) != 0 || write(file, holder.data(), holder.size()) < 0) return;  // held all the same
}

void run(int argc, char** argv) {
  const config::CommandLine line = config::parse_command_line(argc, argv);
  const CommandFunction function = find_function(line.command);
  config::Job job = config::compose_job(line);
  watch_stop_signals();
  Console console;
  const auto place = function == train ? distributed::place_from_environment() : std::nullopt;
  if (place && !place->is_main()) {
    console.mute();
    function(
        {.config = config::resolved_config(job), .run_directory = {}, .console = console, .place = place});
    return;
  }
  const auto run_directory = config::create_run_directory(job);
  const config::Node resolved = config::resolved_config(job);
  hold(run_directory);
  if (config::keeps_log(job)) console.open_log(run_directory / config::log_name(job));
  try {
    function({.config = resolved, .run_directory = run_directory, .console = console, .place = place});
  } catch (const Error& error) {
    console.record_error(error.what());
    throw;
  }
}

[[noreturn]] void fail(ExitCode code, const std::string& message) {
  std::fflush(stdout);
  write_stderr(fmt::format("retort: {}\n", printable_lines(message)));
  // Threads of Gloo's or NCCL's may still wait for a peer: nothing is destroyed under them.
  _exit(static_cast<int>(code));
}

}  // namespace
}  // namespace retort::apps

int main(int argc, char** argv) {
  using retort::ExitCode;
  using retort::apps::fail;
  retort::tune_process();
  try {
    retort::apps::run(argc, argv);
    return static_cast<int>(ExitCode::ok);
  } catch (const retort::Error& error) {
    fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    fail(ExitCode::resources, "out of memory; a smaller data.batch_size needs less");
  } catch (const c10::OutOfMemoryError&) {
    fail(ExitCode::resources, "out of memory on the GPU; a smaller data.batch_size needs less");
  } catch (const c10::Error& error) {
    // What LibTorch says, without the C++ stack that follows.
    const std::string text = retort::apps::first_line(error.what_without_backtrace());
    if (text.find("not enough memory") != std::string::npos ||
        text.find("can't allocate memory") != std::string::npos)
      fail(ExitCode::resources,
           fmt::format("out of memory ({}); a smaller data.batch_size needs less", text));
    fail(ExitCode::internal, fmt::format("internal error: {}", text));
  } catch (const std::exception& error) {
    fail(ExitCode::internal, fmt::format("internal error: {}", error.what()));
  }
}
