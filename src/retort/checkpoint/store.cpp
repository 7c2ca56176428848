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

Error cannot(std::string_view action, const fs::path& path, const std::error_code& cause) {
  return Error(ExitCode::resources,
               fmt::format("cannot {} {}: {}", action, printable(path.string()), cause.message()));
}

// What is in the folder; nothing where it does not exist.
std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator next(folder, error), end; !error && next != end; next.increment(error))
    entries.push_back(*next);
  if (error && error != std::errc::no_such_file_or_directory) throw cannot("list", folder, error);
  return entries;
}

void delete_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) throw cannot("delete", path, error);
}

// The checkpoint folders in `folder`, whole or not, the newest first.
std::vector<std::pair<int64_t, fs::path>> steps_in(const fs::path& folder) {
  std::vector<std::pair<int64_t, fs::path>> steps;
  for (const fs::directory_entry& entry : entries_of(folder)) {
    std::error_code ignored;
    const auto step = step_of(entry.path().filename().string());
    if (step && entry.symlink_status(ignored).type() == fs::file_type::directory)
      steps.emplace_back(*step, entry.path());
  }
  std::sort(steps.rbegin(), steps.rend());
  return steps;
}

// What the names ("last", "best") point to.
std::set<std::string> marked_in(const fs::path& folder) {
  std::set<std::string> marked;
  for (const fs::directory_entry& entry : entries_of(folder)) {
    std::error_code is_no_link;
    const fs::path target = fs::read_symlink(entry.path(), is_no_link);
    if (!is_no_link) marked.insert(target.filename().string());
  }
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
  delete_tree(folder / kManifestName);
  sync_folder(folder);
  delete_tree(folder);
}

// Puts the finished folder in its place, in one step even where an older one stands there, which is then at
// `finished`.
void move_into_place(const fs::path& finished, const fs::path& place) {
  if (renameat2(AT_FDCWD, finished.c_str(), AT_FDCWD, place.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EEXIST && renameat2(AT_FDCWD, finished.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0)
    return;
  std::error_code error(errno, std::generic_category());
  if (error == std::errc::invalid_argument) {
    // A file system without these two (some network ones): what stands there goes first.
    if (fs::exists(place, error)) remove_checkpoint(place);
    fs::rename(finished, place, error);
  }
  if (error) throw cannot("write", place, error);
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
    std::error_code ignored;  // the first error is the one to tell
    fs::remove_all(draft, ignored);
    throw;
  }
  sync_folder(folder_);
  delete_tree(draft);  // the older checkpoint of this step, where there was one
  mark("last", checkpoint.step);
  return place;
}

void CheckpointStore::mark(const std::string& name, int64_t step) {
  TORCH_CHECK(has(step), "there is no checkpoint of step ", step);
  replace_link(folder_ / name, step_name(step));
}

void CheckpointStore::unmark(const std::string& name) {
  if (marked(name)) delete_tree(folder_ / name);
}

bool CheckpointStore::has(int64_t step) const {
  return fs::exists(folder_ / step_name(step) / kManifestName);
}

std::vector<std::string> CheckpointStore::names() const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : entries_of(folder_)) {
    const std::string name = entry.path().filename().string();
    if (marked(name)) names.push_back(name);
  }
  return names;
}

std::optional<int64_t> CheckpointStore::marked(const std::string& name) const {
  std::error_code is_no_link;
  const fs::path target = fs::read_symlink(folder_ / name, is_no_link);
  return is_no_link ? std::nullopt : step_of(target.filename().string());
}

void CheckpointStore::prune(int keep) {
  const std::vector<fs::directory_entry> entries = entries_of(folder_);
  if (entries.empty()) return;
  for (const fs::directory_entry& entry : entries)
    if (is_temporary_name(entry.path().filename().string())) delete_tree(entry.path());
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
