// SPDX-License-Identifier: MIT
#include "apps/engine_process.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/processors.h"
#include "retort/core/text.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;

fs::path engine_file() { return program_folder() / "retort-engine"; }

// argv[0] and the pointers that exec wants; `arguments` must outlive the result.
std::vector<char*> pointers(std::string& name, std::vector<std::string>& arguments) {
  std::vector<char*> result = {name.data()};
  for (std::string& argument : arguments) result.push_back(argument.data());
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void fail_to_start(const fs::path& engine, int error) {
  if (error == ENOENT)
    throw Error(ExitCode::resources,
                fmt::format("{} is missing: build it with 'make build'", printable(engine.string())));
  throw Error(ExitCode::resources,
              fmt::format("cannot start {}: {}", printable(engine.string()), std::strerror(error)));
}

// OpenMP reads these when the library is loaded, so they are set here; whoever sets them is heard. By default
// libgomp takes all processors of the machine, also where a container may use a few, and its threads spin so
// long before they sleep that two trainings on one machine run several times slower than one after the other.
// A short spin costs a lone training nothing.
void set_up_openmp() {
  setenv("OMP_NUM_THREADS", std::to_string(usable_cores()).c_str(), /*overwrite=*/0);
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);
}

// In the child of a fork. Only calls that are allowed there.
[[noreturn]] void become_job(const std::vector<char*>& argv, const std::optional<fs::path>& output,
                             pid_t parent, int failure) {
  // A group of its own: a terminal's Ctrl-C reaches the sweep alone, which passes it on.
  setpgid(0, 0);
  // When the sweep dies, however it dies, a job stops as if asked to: it saves, and can be resumed. One that
  // was asked already stops at once.
  bool is_ready = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
  if (is_ready && output.has_value()) {
    const int file = open(output->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    is_ready = file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0;
  }
  if (is_ready) execv(argv[0], argv.data());
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(failure, &error, sizeof error);
  _exit(static_cast<int>(ExitCode::resources));
}

}  // namespace

fs::path program_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(ExitCode::resources, fmt::format("cannot read /proc/self/exe: {}", error.message()));
  return program.parent_path();
}

void become_engine(const std::vector<std::string>& arguments) {
  set_up_openmp();
  std::string engine = engine_file().string();
  std::vector<std::string> copies = arguments;
  execv(engine.c_str(), pointers(engine, copies).data());
  fail_to_start(engine, errno);
}

pid_t start_engine(const std::vector<std::string>& arguments, const std::optional<fs::path>& output) {
  set_up_openmp();
  std::string engine = engine_file().string();
  std::vector<std::string> copies = arguments;
  const std::vector<char*> argv = pointers(engine, copies);
  // A pipe that exec closes tells a start from a failure.
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) fail_to_start(engine, errno);
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process == 0) become_job(argv, output, parent, failure[1]);
  const int fork_error = errno;
  close(failure[1]);
  int error = 0;
  const bool has_failed = process > 0 && read(failure[0], &error, sizeof error) == sizeof error;
  close(failure[0]);
  if (process < 0) fail_to_start(engine, fork_error);
  if (has_failed) {
    waitpid(process, nullptr, 0);
    fail_to_start(engine, error);
  }
  return process;
}

}  // namespace retort::apps
