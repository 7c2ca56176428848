// SPDX-License-Identifier: MIT
#include "retort/core/shipped.h"

namespace retort {

std::optional<std::filesystem::path> find_shipped(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path folder = fs::read_symlink("/proc/self/exe", error);
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    for (const fs::path& candidate : {folder / name, folder / "share/retort" / name})
      if (fs::is_directory(candidate, error)) return candidate;
  }
  return std::nullopt;
}

}  // namespace retort
