// SPDX-License-Identifier: MIT
#include "retort/tracking/system_stats.h"

#include <fstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace retort::tracking {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The number after "name:" in one of /proc's files; 0 where there is none.
double proc_number(const char* file, const std::string& name) {
  std::ifstream lines(file);
  for (std::string word; lines >> word;) {
    if (word != name + ":") continue;
    double number = 0;
    lines >> number;
    return number;
  }
  return 0;
}

}  // namespace

SystemStats::SystemStats() : last_time_(std::chrono::steady_clock::now()), last_cpu_seconds_(cpu_seconds()) {}

Metrics SystemStats::sample() {
  const auto now = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  const double elapsed = std::chrono::duration<double>(now - last_time_).count();
  const double cores = static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  const double total = proc_number("/proc/meminfo", "MemTotal");
  const double available = proc_number("/proc/meminfo", "MemAvailable");
  Metrics metrics;
  if (elapsed > 0) metrics.emplace_back("cpu", 100 * (cpu - last_cpu_seconds_) / elapsed / cores);
  if (total > 0) metrics.emplace_back("memory_percent", 100 * (1 - available / total));
  metrics.emplace_back("proc.memory.rssMB", proc_number("/proc/self/status", "VmRSS") / 1024);
  metrics.emplace_back("proc.cpu.threads", proc_number("/proc/self/status", "Threads"));
  last_time_ = now;
  last_cpu_seconds_ = cpu;
  return metrics;
}

}  // namespace retort::tracking
