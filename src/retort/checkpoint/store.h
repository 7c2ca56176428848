// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "retort/checkpoint/weights.h"

namespace retort::checkpoint {

/// Everything that the next step depends on, in plain form.
struct Checkpoint {
  int64_t step = 0;  // optimizer steps that are done
  std::map<std::string, Weights>
      files;          // "model" -> model.safetensors, "optimizer" -> optimizer.safetensors, ...
  std::string state;  // JSON object: epoch, position in it, best figures, callbacks
};

/// The checkpoints of one run: a folder checkpoints/step-00001234/ each, with safetensors files and
/// manifest.json (sizes, SHA-256, step, state), which is written last and thereby makes the checkpoint.
/// `last` and `best` beside them are symbolic links for people; a reader trusts only manifests.
class CheckpointStore {
 public:
  explicit CheckpointStore(std::filesystem::path folder);

  /// Durable when it returns the checkpoint's folder. Saving a step twice is harmless.
  std::filesystem::path save(const Checkpoint& checkpoint);
  /// Names a saved checkpoint, e.g. "best": it is kept until the name moves on.
  void mark(const std::string& name, int64_t step);
  /// Takes a name away; what it held goes at the next prune(). A name that is not there is no error.
  void unmark(const std::string& name);
  /// Deletes what no name holds, except the newest `keep`; sweeps up what a killed save left.
  void prune(int keep = 1);

  /// The newest checkpoint whose every file verifies, or nothing. Damaged ones are passed over and listed in
  /// `skipped`.
  std::optional<std::filesystem::path> newest(std::vector<std::string>* skipped = nullptr) const;
  bool has(int64_t step) const;
  /// Those that mark() gave and unmark() did not take.
  std::vector<std::string> names() const;
  /// The step that a name holds, or nothing.
  std::optional<int64_t> marked(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

/// Reads and verifies one checkpoint folder (manifest, sizes, SHA-256 of each file): an Error (checkpoint)
/// otherwise.
Checkpoint load_checkpoint(const std::filesystem::path& folder);

}  // namespace retort::checkpoint
