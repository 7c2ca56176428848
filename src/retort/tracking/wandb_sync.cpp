// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_sync.h"

#include <cerrno>
#include <cstdio>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "retort/tracking/wandb_words.h"

namespace retort::tracking {

std::string sync_wandb_run(const std::filesystem::path& folder) {
  const std::string by_hand = fmt::format("upload it with: {}\n", wandb_sync_command(folder));
  char program[] = "wandb", command[] = "sync", yes[] = "--yes";
  std::string argument = folder.string();
  char* const arguments[] = {program, command, yes, argument.data(), nullptr};
  std::fflush(nullptr);
  pid_t process = 0;
  if (const int error = posix_spawnp(&process, program, nullptr, nullptr, arguments, environ); error != 0)
    return fmt::format(
        "wandb: wandb.mode=online needs the program wandb (pip install wandb), which is not here; {}",
        by_hand);
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fmt::format("wandb: the upload failed; the run is whole in its folder: {}", by_hand);
}

}  // namespace retort::tracking
