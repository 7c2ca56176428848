// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include <sys/types.h>

namespace retort::apps {

/// Forks of this process that work beside it. To be made before anything starts a thread.
class Workers {
 public:
  /// Each runs `work` with its number, from 1 on, and ends; what it throws ends it. They have a process group
  /// of their own, so that a terminal's Ctrl-C reaches this process alone, which passes it on; they are asked
  /// to stop when this process dies, however it dies.
  Workers(int count, const std::function<void(int)>& work);
  /// Asks those that still run to stop (SIGTERM), and waits for them.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  std::vector<pid_t> processes_;
};

}  // namespace retort::apps
