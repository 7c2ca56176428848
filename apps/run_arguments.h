// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace retort::apps {

/// What stands after a command that looks at runs: folders, and key=value for the keys that it knows.
struct RunArguments {
  std::vector<std::filesystem::path> folders;
  std::map<std::string, std::string> values;

  /// An Error (config) for a key that is not in `keys`. A folder may have '=' in its name: one that is there
  /// is a folder.
  static RunArguments parse(const std::vector<std::string>& arguments, const std::vector<std::string>& keys);
};

}  // namespace retort::apps
