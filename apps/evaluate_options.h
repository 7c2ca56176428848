// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "retort/config/node.h"
#include "retort/data/options.h"
#include "retort/models/architecture.h"

namespace retort::apps {

/// The whole of `retort evaluate`'s configuration.
struct EvaluateOptions {
  data::DataOptions data{};
  std::filesystem::path checkpoint;  // a weights file, a checkpoint's folder or a run's folder
  std::optional<models::Architecture> architecture{};  // where the file does not say it
  std::string split{};                                 // train, validation or test
  std::optional<std::string> predictions{};            // a file to write
  uint64_t seed = 0;                                   // chooses the validation split

  static EvaluateOptions from(const config::Node& config);
};

}  // namespace retort::apps
