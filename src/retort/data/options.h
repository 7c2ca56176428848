// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"
#include "retort/data/augmentation.h"
#include "retort/data/dataset.h"

namespace retort::data {

/// What data.name may say; registry.cpp loads them.
const std::vector<std::string>& dataset_names();

/// The group `data` of the configuration.
struct DataOptions {
  std::string name = "cifar10";  // in the table of registry.h
  std::filesystem::path root =
      "data";             // the folder of the files; empty: the copy that comes with the program
  bool download = false;  // fetch them when they are absent
  std::optional<std::string> url = std::nullopt;  // of the archive
  std::optional<std::string> sha256 =
      std::nullopt;  // of the archive; without it nothing is held to published sums
  int64_t batch_size = 128;
  Augmentation augmentation{};           // of training pictures
  double mixup_alpha = 0;                // LoaderOptions::mixup_alpha
  int64_t validation_size = 5000;        // training pictures held out; 0 trains on all
  std::vector<int64_t> train_classes{};  // only their pictures are trained on; empty: all
  int loader_threads = 1;                // LoaderOptions::threads
  Normalization normalization{};         // a value a channel, or one for all channels

  static DataOptions from(const config::Node& node);
};

}  // namespace retort::data
