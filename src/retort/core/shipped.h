// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace retort {

/// A folder that comes with the program ("conf", "datasets/mnist"): the first of that name, or below
/// share/retort, going up from the folder of the running program. Nothing where there is none.
std::optional<std::filesystem::path> find_shipped(const std::string& name);

}  // namespace retort
