// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "retort/distributed/group.h"
#include "retort/distributed/loopback.h"

namespace retort::distributed {

/// Runs `work` as so many ranks, a thread each, joined by Gloo, and on GPUs by NCCL. What one throws first is
/// thrown again.
inline void run_as_ranks(int size, const std::function<void(Group&)>& work, bool has_gpus = false) {
  const Loopback meeting = listen_on_loopback();
  std::vector<std::thread> threads;
  std::vector<std::exception_ptr> errors(static_cast<size_t>(size));
  for (int rank = 0; rank < size; ++rank)
    threads.emplace_back([&, rank] {
      try {
        Place place{
            .rank = rank, .size = size, .local_rank = rank, .local_size = size, .master_port = meeting.port};
        if (place.is_main()) place.listen_fd = meeting.descriptor;
        Group group({.place = place, .has_gpus = has_gpus});
        work(group);
        group.part();
      } catch (...) {
        errors[static_cast<size_t>(rank)] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace retort::distributed
