// SPDX-License-Identifier: MIT
#include "apps/weights_file.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "retort/checkpoint/foreign.h"
#include "retort/checkpoint/store.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {

namespace fs = std::filesystem;

WeightsFile read_weights_file(const fs::path& path, Console& console) {
  fs::path folder = path;
  if (fs::is_directory(path / "checkpoints")) {
    std::vector<std::string> skipped;
    const auto newest = checkpoint::CheckpointStore(path / "checkpoints").newest(&skipped);
    for (const std::string& reason : skipped) console.warn("passing over a damaged checkpoint: " + reason);
    if (!newest)
      throw Error(ExitCode::checkpoint,
                  fmt::format("{} holds no checkpoint that is whole", printable(path.string())));
    folder = *newest;
  } else if (fs::is_regular_file(path) && fs::exists(path.parent_path() / "manifest.json")) {
    folder = path.parent_path();
  }
  if (!fs::is_directory(folder)) return {path, checkpoint::load_foreign_weights(path)};
  checkpoint::Checkpoint checkpoint = checkpoint::load_checkpoint(folder);
  const auto model = checkpoint.files.find("model");
  if (model == checkpoint.files.end())
    throw Error(ExitCode::checkpoint,
                fmt::format("checkpoint {} has no model.safetensors", printable(folder.string())));
  return {folder / "model.safetensors", std::move(model->second)};
}

}  // namespace retort::apps
