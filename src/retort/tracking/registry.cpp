// SPDX-License-Identifier: MIT
#include "retort/tracking/registry.h"

#include "retort/tracking/csv.h"

namespace retort::tracking {
namespace {

using Factory = std::unique_ptr<Tracker> (*)(const std::filesystem::path& run_directory,
                                             int64_t keep_through_step);

struct Entry {
  std::string name;
  Factory make;
};

const std::vector<Entry>& table() {
  static const std::vector<Entry> entries = {
      {"csv",
       [](const std::filesystem::path& run_directory, int64_t keep_through_step) -> std::unique_ptr<Tracker> {
         return std::make_unique<CsvTracker>(run_directory / "metrics.csv", keep_through_step);
       }},
  };
  return entries;
}

}  // namespace

std::vector<std::unique_ptr<Tracker>> make_trackers(const std::vector<std::string>& names,
                                                    const std::filesystem::path& run_directory,
                                                    int64_t keep_through_step) {
  std::vector<std::unique_ptr<Tracker>> trackers;
  for (const std::string& name : names)
    for (const Entry& entry : table())
      if (entry.name == name) trackers.push_back(entry.make(run_directory, keep_through_step));
  return trackers;
}

}  // namespace retort::tracking
