// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace retort::distributed {

/// Where a process stands among those of one training, and where they meet. By itself, it stands alone.
struct Place {
  int rank = 0;        // 0 is the main one: it alone writes
  int size = 1;        // processes of the training, on all machines
  int local_rank = 0;  // among those of this machine
  int local_size = 1;  // so many are on it
  std::string master_address = "127.0.0.1";
  uint16_t master_port = 0;
  bool has_agent_store = false;    // the launcher holds the store at master_address, not rank 0
  int64_t attempt = 0;             // of the launcher's restarts: each begins with a clean store
  std::optional<int> listen_fd{};  // rank 0's socket at master_port, bound and listening

  bool is_main() const { return rank == 0; }
  bool is_one_machine() const { return local_size == size; }
};

/// What torchrun, or retort for trainer.devices, says in the environment: RANK and WORLD_SIZE, then
/// LOCAL_RANK (by default RANK), MASTER_ADDR and MASTER_PORT. Nothing where the first two are not set, or the
/// world is one process. An Error (config) where they are incomplete or no numbers.
std::optional<Place> place_from_environment();

}  // namespace retort::distributed
