// SPDX-License-Identifier: MIT
#include "apps/run_arguments.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {

RunArguments RunArguments::parse(const std::vector<std::string>& arguments,
                                 const std::vector<std::string>& keys) {
  RunArguments parsed;
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    std::error_code ignored;
    if (equals == std::string::npos || std::filesystem::is_directory(argument, ignored)) {
      parsed.folders.emplace_back(argument);
      continue;
    }
    const std::string key = argument.substr(0, equals);
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw Error(ExitCode::config,
                  fmt::format("'{}' is neither a folder nor one of the keys: {}.{}", printable(argument),
                              join(keys, ", "), did_you_mean(key, keys)));
    parsed.values[key] = argument.substr(equals + 1);
  }
  return parsed;
}

}  // namespace retort::apps
