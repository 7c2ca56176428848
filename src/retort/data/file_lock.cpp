// SPDX-License-Identifier: MIT
#include "retort/data/file_lock.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::data {

FileLock::FileLock(const std::filesystem::path& path, const std::atomic<bool>& stop) {
  const std::string name = printable(path.string());
  const auto fail = [&](ExitCode code, const std::string& message) {
    if (descriptor_ >= 0) close(descriptor_);
    throw Error(code, message);
  };
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor_ < 0)
    fail(ExitCode::resources,
         fmt::format("cannot write {}: {}", name, std::generic_category().message(errno)));
  // Asked for again and again rather than waited for, so that a signal to stop is heeded.
  for (bool has_said = false; flock(descriptor_, LOCK_EX | LOCK_NB) != 0;) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      fail(ExitCode::resources,
           fmt::format("cannot lock {}: {}", name, std::generic_category().message(errno)));
    if (stop) fail(ExitCode::interrupted, fmt::format("stopped while another run held {}", name));
    if (!has_said) std::fputs(fmt::format("another run holds {}: waiting for it\n", name).c_str(), stderr);
    has_said = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

FileLock::~FileLock() { close(descriptor_); }

}  // namespace retort::data
