// SPDX-License-Identifier: MIT
#include "retort/checkpoint/store.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <torch/version.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/manifest.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStepPrefix = "step-";
constexpr std::string_view kWeightsSuffix = ".safetensors";

std::string step_name(int64_t step) { return fmt::format("{}{:08}", kStepPrefix, step); }

// The step of a checkpoint folder's name, or nothing for any other name.
std::optional<int64_t> step_of(const std::string& name) {
  if (!name.starts_with(kStepPrefix)) return std::nullopt;
  int64_t step = 0;
  const char* const end = name.data() + name.size();
  const auto result = std::from_chars(name.data() + kStepPrefix.size(), end, step);
  if (result.ec != std::errc() || result.ptr != end || name != step_name(step)) return std::nullopt;
  return step;
}

// The checkpoint folders in `folder`, whole or not, the newest first.
std::vector<std::pair<int64_t, fs::path>> steps_in(const fs::path& folder) {
  std::vector<std::pair<int64_t, fs::path>> steps;
  if (!fs::is_directory(folder)) return steps;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const auto step = step_of(entry.path().filename().string());
    if (step && entry.symlink_status().type() == fs::file_type::directory)
      steps.emplace_back(*step, entry.path());
  }
  std::sort(steps.rbegin(), steps.rend());
  return steps;
}

// What the names ("last", "best") point to.
std::set<std::string> marked_in(const fs::path& folder) {
  std::set<std::string> marked;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.is_symlink()) marked.insert(fs::read_symlink(entry.path()).filename().string());
  return marked;
}

Error damaged(const fs::path& path, std::string_view cause) {
  return Error(ExitCode::checkpoint, fmt::format("{} is damaged: {}", printable(path.string()), cause));
}

// Reads every byte of a checkpoint of this step; an Error where one is not as the manifest says.
void verify(const fs::path& folder, int64_t step) {
  const Manifest manifest = read_manifest(folder);
  if (manifest.step != step) throw damaged(folder, fmt::format("its manifest is of step {}", manifest.step));
  for (const auto& [name, digest] : manifest.files)
    if (sha256_of_file(folder / name, ExitCode::checkpoint) != digest.sha256)
      throw damaged(folder / name, "its SHA-256 is not the one in the manifest");
}

bool is_sound(const fs::path& folder, int64_t step) {
  try {
    verify(folder, step);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// The manifest goes first and durably: from then on this is no checkpoint, however much of it a crash leaves.
void remove_checkpoint(const fs::path& folder) {
  if (fs::remove(folder / kManifestName)) sync_folder(folder);
  fs::remove_all(folder);
}

// Puts the finished folder in its place, in one step even where an older one stands there, which is then at
// `finished`.
void move_into_place(const fs::path& finished, const fs::path& place) {
  if (renameat2(AT_FDCWD, finished.c_str(), AT_FDCWD, place.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EEXIST && renameat2(AT_FDCWD, finished.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0)
    return;
  if (errno != EINVAL)
    throw Error(ExitCode::resources, fmt::format("cannot write {}: {}", printable(place.string()),
                                                 std::generic_category().message(errno)));
  // A file system without the two (some network ones): what stands there goes first.
  if (fs::exists(place)) remove_checkpoint(place);
  fs::rename(finished, place);
}

void sweep(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (is_temporary_name(entry.path().filename().string())) fs::remove_all(entry.path());
}

}  // namespace

CheckpointStore::CheckpointStore(fs::path folder) : folder_(std::move(folder)) {}

fs::path CheckpointStore::save(const Checkpoint& checkpoint) {
  const fs::path place = folder_ / step_name(checkpoint.step);
  const fs::path draft = folder_ / temporary_name();
  make_folders(draft);
  Manifest manifest{checkpoint.step, {}, {{"torch", TORCH_VERSION}}, checkpoint.state};
  try {
    for (const auto& [name, weights] : checkpoint.files) {
      const std::string file = name + std::string(kWeightsSuffix);
      manifest.files[file] = save_weights(draft / file, weights);
    }
    write_file_atomically(draft / kManifestName, to_json(manifest));
    move_into_place(draft, place);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    throw;
  }
  sync_folder(folder_);
  if (fs::exists(draft)) remove_checkpoint(draft);  // the older checkpoint of this step
  mark("last", checkpoint.step);
  return place;
}

void CheckpointStore::mark(const std::string& name, int64_t step) {
  TORCH_CHECK(fs::exists(folder_ / step_name(step) / kManifestName), "there is no checkpoint of step ", step);
  replace_link(folder_ / name, step_name(step));
}

void CheckpointStore::prune(int keep) {
  if (!fs::is_directory(folder_)) return;
  sweep(folder_);
  const std::set<std::string> marked = marked_in(folder_);
  int kept = 0;
  // Only sound checkpoints count, and nothing goes unless enough of them are newer: a damaged one never costs
  // a sound one.
  for (const auto& [step, path] : steps_in(folder_)) {
    if (kept < keep)
      kept += is_sound(path, step) ? 1 : 0;
    else if (!marked.contains(path.filename().string()))
      remove_checkpoint(path);
  }
  sync_folder(folder_);
}

std::optional<fs::path> CheckpointStore::newest(std::vector<std::string>* skipped) const {
  for (const auto& [step, path] : steps_in(folder_)) {
    try {
      verify(path, step);
      return path;
    } catch (const Error& error) {
      if (skipped != nullptr) skipped->push_back(error.what());
    }
  }
  return std::nullopt;
}

Checkpoint load_checkpoint(const fs::path& folder) {
  const Manifest manifest = read_manifest(folder);
  Checkpoint checkpoint{manifest.step, {}, manifest.state};
  for (const auto& [file, digest] : manifest.files) {
    if (!file.ends_with(kWeightsSuffix)) throw damaged(folder, fmt::format("its manifest lists '{}'", file));
    const std::string name = file.substr(0, file.size() - kWeightsSuffix.size());
    checkpoint.files.emplace(name, load_weights(folder / file, digest));
  }
  return checkpoint;
}

}  // namespace retort::checkpoint
