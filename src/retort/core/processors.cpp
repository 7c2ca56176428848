// SPDX-License-Identifier: MIT
#include "retort/core/processors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <sched.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

std::optional<long> read_number(const fs::path& file) {
  std::ifstream stream(file);
  long number = 0;
  return stream >> number ? std::optional(number) : std::nullopt;
}

// A processor whose core is not told counts as one of its own.
int cores_in_affinity_mask(const fs::path& root) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
  std::set<std::pair<long, long>> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &mask)) continue;
    const fs::path topology = root / ("sys/devices/system/cpu/cpu" + std::to_string(cpu)) / "topology";
    const auto package = read_number(topology / "physical_package_id");
    const auto core = read_number(topology / "core_id");
    cores.insert(package && core ? std::pair(*package, *core) : std::pair(-1L, static_cast<long>(cpu)));
  }
  return static_cast<int>(cores.size());
}

// cgroup v2: "0::/a/b" names our group, and each group up to the root may hold a quota in cpu.max ("200000
// 100000": microseconds in a period, or "max").
std::optional<double> cgroup_quota(const fs::path& root) {
  std::ifstream groups(root / "proc/self/cgroup");
  std::optional<double> least;
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::/")) continue;
    const fs::path top = root / "sys/fs/cgroup";
    for (fs::path group = top / line.substr(4);; group = group.parent_path()) {
      std::ifstream file(group / "cpu.max");
      double quota = 0, period = 0;
      if (file >> quota >> period && period > 0)
        least = std::min(least.value_or(quota / period), quota / period);
      if (group == top || !group.has_relative_path()) break;
    }
  }
  return least;
}

}  // namespace

int usable_cores(const fs::path& root) {
  const int cores = cores_in_affinity_mask(root);
  const auto quota = cgroup_quota(root);
  return std::max(1, quota ? std::min(cores, static_cast<int>(std::ceil(*quota))) : cores);
}

}  // namespace retort
