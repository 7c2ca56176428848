// SPDX-License-Identifier: MIT
#include "retort/core/memory.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace retort {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

// Of a line "VmHWM:   123456 kB" in a file of /proc, the bytes.
uint64_t field(const char* file, const std::string& name, uint64_t otherwise) {
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    uint64_t kilobytes = 0;
    if (word == name + ":" && stream >> kilobytes) return 1024 * kilobytes;
  }
  return otherwise;
}

// The least of a process's control groups, of either version; a container sees its own as the root.
uint64_t group_limit() {
  struct Version {
    std::string mark;  // in /proc/self/cgroup, before the group: "0::/user.slice", "4:memory:/docker/..."
    fs::path root;
    const char* file;
  };
  const Version versions[] = {{"0::", "/sys/fs/cgroup", "memory.max"},
                              {":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes"}};
  uint64_t least = kNoLimit;
  const auto look_at = [&](const fs::path& file) {
    if (uint64_t limit = 0; std::ifstream(file) >> limit)
      least = std::min(least, limit);  // "max" is no number
  };
  std::ifstream stream("/proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {
    for (const Version& version : versions) {
      const size_t mark = line.find(version.mark);
      if (mark == std::string::npos) continue;
      for (fs::path group = fs::path(line.substr(mark + version.mark.size())).relative_path(); !group.empty();
           group = group.parent_path())
        look_at(version.root / group / version.file);
      look_at(version.root / version.file);
    }
  }
  return least;
}

}  // namespace

uint64_t resident_memory() { return field("/proc/self/status", "VmRSS", 0); }

uint64_t memory_peak() { return field("/proc/self/status", "VmHWM", 0); }

void reset_memory_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

uint64_t memory_limit() {
  const uint64_t available = field("/proc/meminfo", "MemAvailable", kNoLimit);
  return std::min(available == kNoLimit ? kNoLimit : resident_memory() + available, group_limit());
}

}  // namespace retort
