// SPDX-License-Identifier: MIT
#include "retort/trainer/resume.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

constexpr char kCheckpoints[] = "checkpoints";

std::vector<fs::path> subfolders_newest_first(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.is_directory(ignored)) folders.push_back(entry.path());
  // Run folders are named by date and time: order by name, never by the file system's clock.
  std::sort(folders.begin(), folders.end(), std::greater<>());
  return folders;
}

// What a checkpoint says it was made with. Nothing where its state is not one of ours.
std::optional<Fingerprint> fingerprint_in(const checkpoint::Checkpoint& checkpoint) {
  const auto state = nlohmann::json::parse(checkpoint.state, nullptr, /*allow_exceptions=*/false);
  try {
    auto fingerprint = state.at("fingerprint").get<Fingerprint>();
    // Checkpoints that are older than these keys are of one process.
    fingerprint.try_emplace("trainer.devices", "1");
    fingerprint.try_emplace("trainer.sync_batchnorm", "false");
    return fingerprint;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

ResumePoint load_point(const fs::path& folder, const fs::path& run_directory) {
  ResumePoint point{checkpoint::load_checkpoint(folder), folder, run_directory};
  const auto fingerprint = fingerprint_in(point.checkpoint);
  if (!fingerprint)
    throw Error(ExitCode::checkpoint,
                fmt::format("cannot go on from {}: its state says nothing of how it was made",
                            printable(folder.string())));
  point.fingerprint = *fingerprint;
  return point;
}

// The newest checkpoint of a run that is whole, or its best one.
std::optional<ResumePoint> point_of_run(const fs::path& run_directory, bool wants_best, Console& console) {
  const fs::path folder = run_directory / kCheckpoints;
  if (!fs::is_directory(folder)) return std::nullopt;
  if (wants_best) {
    const fs::path best = folder / "best";
    if (!fs::is_directory(best)) return std::nullopt;
    return load_point(fs::canonical(best), run_directory);
  }
  std::vector<std::string> skipped;
  const auto newest = checkpoint::CheckpointStore(folder).newest(&skipped);
  for (const auto& reason : skipped) console.warn("passing over a damaged checkpoint: " + reason);
  if (!newest) return std::nullopt;
  return load_point(*newest, run_directory);
}

std::string differences(const ResumePoint& point, const ResumeTerms& terms) {
  return describe_differences(point.fingerprint, terms.fingerprint, terms.allow_changes);
}

ResumePoint checked(ResumePoint point, const ResumeTerms& terms) {
  const std::string difference = differences(point, terms);
  if (!difference.empty())
    throw Error(ExitCode::checkpoint,
                fmt::format("cannot go on from {}: {} (trainer.allow_changes names keys that may differ)",
                            printable(point.folder.string()), difference));
  return point;
}

// Whether runs lie as Hydra lays them, DATE/TIME: only those are runs beside each other.
bool is_dated(const fs::path& run_directory) {
  const std::string date = fs::absolute(run_directory).parent_path().filename().string();
  constexpr std::string_view kShape = "dddd-dd-dd";
  return std::equal(date.begin(), date.end(), kShape.begin(), kShape.end(),
                    [](char c, char shape) { return shape == 'd' ? c >= '0' && c <= '9' : c == shape; });
}

// Of this run's directory, else of the most recent run beside it that was configured alike.
std::optional<ResumePoint> find_recent(bool wants_best, const ResumeTerms& terms, Console& console) {
  if (auto point = point_of_run(terms.run_directory, wants_best, console)) return checked(*point, terms);
  if (!is_dated(terms.run_directory)) return std::nullopt;
  const fs::path runs = fs::absolute(terms.run_directory).parent_path().parent_path();
  for (const fs::path& date : subfolders_newest_first(runs))
    for (const fs::path& run : subfolders_newest_first(date))
      if (auto point = point_of_run(run, wants_best, console); point && differences(*point, terms).empty())
        return point;
  return std::nullopt;
}

}  // namespace

std::optional<ResumePoint> find_last(const ResumeTerms& terms, Console& console) {
  return find_recent(/*wants_best=*/false, terms, console);
}

ResumePoint find_resume_point(const std::string& ckpt_path, const ResumeTerms& terms, Console& console) {
  if (ckpt_path == "last" || ckpt_path == "best") {
    if (auto point = find_recent(ckpt_path == "best", terms, console)) return *point;
    throw Error(ExitCode::checkpoint,
                fmt::format("trainer.ckpt_path={}: no run beside {} has such a checkpoint that was made with "
                            "this configuration; give the checkpoint's folder",
                            ckpt_path, printable(terms.run_directory.string())));
  }
  const fs::path path = ckpt_path;
  if (fs::is_directory(path / kCheckpoints)) {
    if (auto point = point_of_run(path, /*wants_best=*/false, console)) return checked(*point, terms);
    throw Error(ExitCode::checkpoint,
                fmt::format("trainer.ckpt_path: {} holds no checkpoint that is whole", printable(ckpt_path)));
  }
  const fs::path folder = fs::weakly_canonical(path);
  return checked(load_point(folder, folder.parent_path().parent_path()), terms);
}

}  // namespace retort::trainer
