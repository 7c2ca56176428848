// SPDX-License-Identifier: MIT
// The front: command line, configuration, help. Links no LibTorch, so that all of this is there at once.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "apps/commands.h"
#include "apps/engine_process.h"
#include "apps/front.h"
#include "apps/multirun.h"
#include "apps/ranks.h"
#include "retort/config/command_line.h"
#include "retort/config/completion.h"
#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {
namespace {

// A caller may have closed these; the first files opened would then be taken for them.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) == -1) open("/dev/null", O_RDWR);
}

bool is_given(const config::CommandLine& line, const std::string& override) {
  return std::find(line.overrides.begin(), line.overrides.end(), override) != line.overrides.end();
}

int run(const std::vector<std::string>& arguments) {
  config::CommandLine line = config::parse_command_line(arguments);
  if (line.shell_completion.has_value())
    return print(
        config::shell_completion(*line.shell_completion, line.overrides, command_names(), command_schema));
  config::check_combination(line);
  if (line.version) return print(version_text());
  if (line.hydra_help) return print(flags_help());
  if (line.command.empty()) {
    if (!line.overrides.empty())
      throw Error(ExitCode::config, fmt::format("which command is '{}' for? For instance: retort train {}",
                                                line.overrides[0], line.overrides[0]));
    return print(program_help());
  }
  const Command& command = find_command(line.command);
  if (command.answer != nullptr)
    return print(line.help ? runs_help(command) : command.answer(line.overrides));
  if (line.help) return print(command_help(command, line));
  if (line.info != config::CommandLine::Info::nothing) return print(info_text(line));
  const bool only_prints =
      line.show != config::CommandLine::Show::nothing || command.check_options == nullptr;
  if (only_prints) return print(shown_config(command, line));
  if (is_given(line, "hydra.mode=MULTIRUN")) line.multirun = true;
  const config::Job job = config::compose_job(line);
  warn_of(job);
  prepare_process(job);
  if (line.multirun) return run_multirun(command, line);
  check_config(command, job);
  const int ranks = command.ranks == nullptr ? 0 : command.ranks(config::resolved_config(job));
  if (ranks > 0) return run_ranks(ranks, arguments);
  become_engine(arguments);
}

}  // namespace
}  // namespace retort::apps

int main(int argc, char** argv) {
  using retort::ExitCode;
  retort::apps::open_standard_streams();
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
  try {
    return retort::apps::run({argv + std::min(argc, 1), argv + argc});
  } catch (const retort::Error& error) {
    retort::write_stderr(fmt::format("retort: {}\n", retort::printable_lines(error.what())));
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    retort::write_stderr(fmt::format("retort: internal error: {}\n", error.what()));
    return static_cast<int>(ExitCode::internal);
  }
}
