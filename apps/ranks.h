// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::apps {

/// How many engines this process has to start for a training: trainer.devices, or none (0) where one process
/// does it, or where a launcher such as torchrun has started us as one of several. An Error (config) where
/// the launcher's processes are not those that the configuration says.
int ranks_to_start(const config::Node& config);

/// Starts so many engines that train together over loopback, and waits for them. Rank 0 speaks for all; of
/// another, only that it failed first. A stop or a SIGUSR1 that we receive is passed on. Where one fails the
/// others are ended: soon where it was killed, stuck or lost. Returns the exit code: of the first that
/// failed.
int run_ranks(int ranks, const std::vector<std::string>& arguments);

}  // namespace retort::apps
