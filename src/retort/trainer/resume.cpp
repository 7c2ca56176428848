// SPDX-License-Identifier: MIT
#include "retort/trainer/resume.h"

#include <algorithm>
#include <functional>
#include <optional>
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

std::optional<ResumePoint> newest_of_run(const fs::path& run_directory, Console& console) {
  if (!fs::is_directory(run_directory / kCheckpoints)) return std::nullopt;
  std::vector<std::string> skipped;
  const auto folder = checkpoint::CheckpointStore(run_directory / kCheckpoints).newest(&skipped);
  for (const auto& reason : skipped) console.warn("passing over a damaged checkpoint: " + reason);
  if (!folder) return std::nullopt;
  return ResumePoint{checkpoint::load_checkpoint(*folder), *folder, run_directory};
}

std::string differences(const ResumePoint& point, const Fingerprint& fingerprint) {
  const auto state = nlohmann::json::parse(point.checkpoint.state, nullptr, /*allow_exceptions=*/false);
  try {
    return describe_differences(state.at("fingerprint").get<Fingerprint>(), fingerprint);
  } catch (const nlohmann::json::exception&) {
    return "its state says nothing of how it was made";
  }
}

ResumePoint checked(ResumePoint point, const Fingerprint& fingerprint) {
  const std::string difference = differences(point, fingerprint);
  if (!difference.empty())
    throw Error(ExitCode::checkpoint,
                fmt::format("cannot go on from {}: {}", printable(point.folder.string()), difference));
  return point;
}

}  // namespace

ResumePoint find_resume_point(const std::string& ckpt_path, const fs::path& run_directory,
                              const Fingerprint& fingerprint, Console& console) {
  if (ckpt_path == "last") {
    if (auto point = newest_of_run(run_directory, console)) return checked(*point, fingerprint);
    for (const fs::path& date :
         subfolders_newest_first(fs::absolute(run_directory).parent_path().parent_path()))
      for (const fs::path& run : subfolders_newest_first(date))
        if (auto point = newest_of_run(run, console); point && differences(*point, fingerprint).empty())
          return *point;
    throw Error(ExitCode::checkpoint,
                fmt::format("trainer.ckpt_path=last: no run beside {} has a checkpoint that was made with "
                            "this configuration; give the checkpoint's folder",
                            printable(run_directory.string())));
  }
  const fs::path path = ckpt_path;
  if (fs::is_directory(path / kCheckpoints)) {
    if (auto point = newest_of_run(path, console)) return checked(*point, fingerprint);
    throw Error(ExitCode::checkpoint,
                fmt::format("trainer.ckpt_path: {} holds no checkpoint that is whole", printable(ckpt_path)));
  }
  const fs::path folder = fs::weakly_canonical(path);
  return checked({checkpoint::load_checkpoint(path), folder, folder.parent_path().parent_path()},
                 fingerprint);
}

}  // namespace retort::trainer
