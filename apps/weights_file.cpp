// SPDX-License-Identifier: MIT
#include "apps/weights_file.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "retort/checkpoint/store.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {

namespace fs = std::filesystem;

fs::path find_weights_file(const fs::path& path, Console& console) {
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
  if (!fs::is_directory(folder)) return path;
  checkpoint::load_checkpoint(folder);
  return folder / "model.safetensors";
}

}  // namespace retort::apps
