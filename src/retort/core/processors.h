// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace retort {

/// How many threads can compute side by side in this process: its affinity mask, where two hyper-threads of a
/// core count once, and its cgroup's quota of CPU time (a container's limit), whichever is less. At least 1.
/// `root` is where /sys and /proc lie.
int usable_cores(const std::filesystem::path& root = "/");

}  // namespace retort
