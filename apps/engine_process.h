// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace retort::apps {

/// The folder that holds this program.
std::filesystem::path program_folder();

/// Becomes retort-engine, which stands beside this program, with these arguments. Returns only by an Error.
[[noreturn]] void become_engine(const std::vector<std::string>& arguments);

/// Starts retort-engine beside this process. Its output goes to `output` where one is named, else where ours
/// goes.
pid_t start_engine(const std::vector<std::string>& arguments,
                   const std::optional<std::filesystem::path>& output);

}  // namespace retort::apps
