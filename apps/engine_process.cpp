// SPDX-License-Identifier: MIT
#include "apps/engine_process.h"

#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include "retort/core/error.h"
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

// libgomp's threads spin for a while before they sleep, and by default so long that two trainings on one
// machine run several times slower than one after the other. A short spin costs a lone training nothing. Read
// when the library is loaded, so it is set here; whoever sets OpenMP's own variables is heard.
void shorten_openmp_spin() {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);
}

}  // namespace

fs::path program_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(ExitCode::resources, fmt::format("cannot read /proc/self/exe: {}", error.message()));
  return program.parent_path();
}

void become_engine(const std::vector<std::string>& arguments) {
  shorten_openmp_spin();
  std::string engine = engine_file().string();
  std::vector<std::string> copies = arguments;
  execv(engine.c_str(), pointers(engine, copies).data());
  fail_to_start(engine, errno);
}

pid_t start_engine(const std::vector<std::string>& arguments, const std::optional<fs::path>& output) {
  shorten_openmp_spin();
  std::string engine = engine_file().string();
  std::vector<std::string> copies = arguments;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (output.has_value()) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output->c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0644);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  }
  // A group of its own: a terminal's Ctrl-C reaches this process alone, which passes it on once.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t process = 0;
  const int error =
      posix_spawn(&process, engine.c_str(), &actions, &attributes, pointers(engine, copies).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) fail_to_start(engine, error);
  return process;
}

}  // namespace retort::apps
