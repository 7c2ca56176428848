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

/// The whole of `retort export`'s configuration.
struct ExportOptions {
  data::DataOptions data{};                            // what pictures the network takes
  std::string checkpoint{};                            // a weights file, a checkpoint's or a run's folder
  std::string format{};                                // onnx, safetensors or pytorch
  std::string dtype{};                                 // fp32, bf16 or int8
  int64_t calibration_size = 0;                        // training pictures that int8 takes its scales from
  std::filesystem::path output{};                      // the file to write
  std::optional<models::Architecture> architecture{};  // where the file does not say it

  static ExportOptions from(const config::Node& config);
};

}  // namespace retort::apps
