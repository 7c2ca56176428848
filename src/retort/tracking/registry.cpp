// SPDX-License-Identifier: MIT
#include "retort/tracking/registry.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"
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

const Entry* find(const std::string& name) {
  for (const Entry& entry : table())
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace

std::vector<std::string> read_names(config::Reader& root) {
  std::vector<std::string> known;
  for (const Entry& entry : table()) known.push_back(entry.name);
  std::vector<std::string> names = root.texts("tracker");
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (find(*name) == nullptr)
      root.fail("tracker", fmt::format("no tracker is called '{}'; there are: {}.{}", printable(*name),
                                       join(known, ", "), did_you_mean(*name, known)));
    if (std::find(names.begin(), name, *name) != name)
      root.fail("tracker", fmt::format("'{}' stands twice in the list", *name));
  }
  return names;
}

std::vector<std::unique_ptr<Tracker>> make_trackers(const std::vector<std::string>& names,
                                                    const std::filesystem::path& run_directory,
                                                    int64_t keep_through_step) {
  std::vector<std::unique_ptr<Tracker>> trackers;
  for (const std::string& name : names)
    trackers.push_back(find(name)->make(run_directory, keep_through_step));
  return trackers;
}

}  // namespace retort::tracking
