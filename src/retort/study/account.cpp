// SPDX-License-Identifier: MIT
#include "retort/study/account.h"

#include <nlohmann/json.hpp>

#include "retort/core/file.h"
#include "retort/core/json.h"

namespace retort::study {
namespace {

namespace fs = std::filesystem;

nlohmann::json read_object(const fs::path& file) {
  constexpr uint64_t kLargest = 1 << 24;
  constexpr int kDeepest = 64;
  if (!fs::exists(file)) return nlohmann::json::object();
  nlohmann::json read = parse_json(read_file(file, kLargest, ExitCode::checkpoint), kDeepest,
                                   ExitCode::checkpoint, file.string());
  return read.is_object() ? read : nlohmann::json::object();
}

}  // namespace

nlohmann::ordered_json account_of(const StudyTraining& training) {
  nlohmann::ordered_json account = {{"name", training.name}, {"folder", training.folder.string()}};
  const auto take = [&](const char* file, std::initializer_list<const char*> keys) {
    const nlohmann::json read = read_object(training.folder / file);
    for (const char* key : keys)
      if (read.contains(key)) account[key] = read[key];
  };
  take("results.json", {"seconds", "images_per_second"});
  take("run.json", {"started_at", "machine", "versions", "git_commit"});
  return account;
}

}  // namespace retort::study
