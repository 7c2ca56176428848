// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace retort::data {

/// Threads that run jobs for one owner, who collects them in the order given.
class WorkerPool {
 public:
  /// At least one thread. Throws std::system_error when the system has no more.
  explicit WorkerPool(int threads);
  /// As clear().
  ~WorkerPool();

  void submit(std::function<void()> job);
  /// Waits for the oldest job not collected yet, and throws what it threw. There must be one.
  void collect_oldest();
  /// Forgets the jobs that wait, waits for those that run; none is left to collect.
  void clear();

 private:
  struct Job {
    std::function<void()> run;
    std::exception_ptr error{};
    bool is_done = false;
  };

  void work(std::stop_token stop);

  std::mutex mutex_;
  std::condition_variable_any submitted_;
  std::condition_variable done_;
  std::deque<std::unique_ptr<Job>> jobs_;  // not collected, oldest first
  size_t waiting_ = 0;                     // of them, from the back, those that no thread has begun
  std::vector<std::jthread> threads_;      // last: stops before the rest goes
};

}  // namespace retort::data
