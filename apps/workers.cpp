// SPDX-License-Identifier: MIT
#include "apps/workers.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "retort/core/console.h"
#include "retort/core/error.h"

namespace retort::apps {
namespace {

[[noreturn]] void become_worker(int number, pid_t parent, const std::function<void(int)>& work) {
  setpgid(0, 0);
  auto code = ExitCode::ok;
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent) {
    try {
      work(number);
    } catch (const Error& error) {
      code = error.code();
      write_stderr(fmt::format("retort: {}\n", error.what()));
    } catch (const std::exception& error) {
      code = ExitCode::internal;
      write_stderr(fmt::format("retort: {}\n", error.what()));
    }
  }
  std::fflush(stdout);
  _exit(static_cast<int>(code));  // what the parent would do at its end is not ours to do
}

}  // namespace

Workers::Workers(int count, const std::function<void(int)>& work) {
  std::fflush(stdout);
  const pid_t parent = getpid();
  for (int number = 1; number <= count; ++number) {
    const pid_t process = fork();
    if (process == 0) become_worker(number, parent, work);
    if (process < 0)
      throw Error(ExitCode::resources, fmt::format("cannot start a process: {}", std::strerror(errno)));
    processes_.push_back(process);
  }
}

Workers::~Workers() {
  for (const pid_t process : processes_) kill(process, SIGTERM);
  for (const pid_t process : processes_)
    while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) continue;
}

}  // namespace retort::apps
