// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace retort::checkpoint {

/// Tensors by name, with their shapes.
using Shapes = std::map<std::string, std::vector<int64_t>>;

/// How the names of a foreign file answer to those of a network.
struct NameMatch {
  std::string prefix{};  // in front of every name: "net.", "module."
  std::map<std::string, std::string>
      names{};          // the file's name -> the network's, for all that has the prefix
  size_t left_out = 0;  // names without the prefix: other parts of a checkpoint
};

/// Finds the network in a file that another program wrote: whatever stands in front of its names (Lightning's
/// "net." or "model.", DataParallel's "module."), and the other spellings of the same layers ("shortcut" for
/// "downsample", "linear" for "fc"). The prefix under which most names and shapes agree is taken; a name that
/// has it and is no network's keeps its rest. An Error (checkpoint) where two prefixes fit alike, say of a
/// student and a teacher in one file.
NameMatch match_names(const Shapes& file_shapes, const Shapes& network_shapes, const std::string& file);

}  // namespace retort::checkpoint
