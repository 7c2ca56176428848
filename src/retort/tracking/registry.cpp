// SPDX-License-Identifier: MIT
#include "retort/tracking/registry.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/tracking/csv.h"
#include "retort/tracking/fan_out.h"
#include "retort/tracking/json_lines.h"
#include "retort/tracking/mlflow.h"
#include "retort/tracking/tensorboard.h"
#include "retort/tracking/wandb.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string name;
  std::unique_ptr<Tracker> (*make)(const TrackerOptions& options, const fs::path& run_directory,
                                   int64_t keep_through_step);
};

const std::vector<Entry>& table() {
  using Made = std::unique_ptr<Tracker>;
  static const std::vector<Entry> entries = {
      {"csv",
       [](const TrackerOptions&, const fs::path& run, int64_t keep) -> Made {
         return std::make_unique<CsvTracker>(run / "metrics.csv", keep);
       }},
      {"tensorboard",
       [](const TrackerOptions&, const fs::path& run, int64_t keep) -> Made {
         return make_tensorboard_tracker(run / "tensorboard", keep);
       }},
      {"wandb",
       [](const TrackerOptions& options, const fs::path& run, int64_t keep) -> Made {
         if (options.wandb.mode == WandbOptions::Mode::disabled) return nullptr;
         return make_wandb_tracker(options.wandb, run, keep);
       }},
      {"mlflow",
       [](const TrackerOptions& options, const fs::path& run, int64_t keep) -> Made {
         return make_mlflow_tracker(options.mlflow, run, keep);
       }},
  };
  return entries;
}

}  // namespace

std::unique_ptr<Tracker> make_tracker(const TrackerOptions& options, const fs::path& run_directory,
                                      int64_t keep_through_step,
                                      std::function<void(const std::string&)> warn) {
  std::vector<std::unique_ptr<Tracker>> trackers;
  trackers.push_back(std::make_unique<JsonLinesTracker>(run_directory / "metrics.jsonl", keep_through_step));
  for (const Entry& entry : table()) {
    if (std::find(options.names.begin(), options.names.end(), entry.name) == options.names.end()) continue;
    if (auto tracker = entry.make(options, run_directory, keep_through_step))
      trackers.push_back(std::move(tracker));
  }
  return fan_out(std::move(trackers), std::move(warn));
}

void forget_earlier(const fs::path& run_directory) {
  if (!fs::exists(run_directory / "run.json")) return;  // what lies there is no run's
  std::error_code ignored;  // what cannot be removed cannot be written either, and that is said then
  for (const char* name : {"metrics.csv", ".wandb.json", ".mlflow.json"})
    fs::remove(run_directory / name, ignored);
}

void carry_over(const fs::path& from, const fs::path& to) {
  if (fs::equivalent(from, to)) return;
  try {
    for (const char* name :
         {"metrics.csv", "metrics.jsonl", "run.json", "tensorboard", "wandb", ".wandb.json", ".mlflow.json"})
      if (fs::exists(from / name))
        fs::copy(from / name, to / name,
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing |
                     fs::copy_options::copy_symlinks);
  } catch (const fs::filesystem_error& error) {
    throw Error(ExitCode::resources, fmt::format("cannot take over the metrics of {}: {}",
                                                 printable(from.string()), error.code().message()));
  }
}

}  // namespace retort::tracking
