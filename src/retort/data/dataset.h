// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort::data {

/// What is subtracted from and divided out of pixels in [0, 1], a value a channel.
struct Normalization {
  std::vector<double> mean{};
  std::vector<double> std{};
};

/// One file set in memory, in the order of the files: a sample's id is its index here, for good.
struct Dataset {
  std::string name{};
  int64_t channels = 0, height = 0, width = 0;
  std::vector<uint8_t> images{};  // [N, C, H, W]
  std::vector<int64_t> labels{};  // [N], each in [0, class_names.size())
  std::vector<std::string> class_names{};

  int64_t size() const { return static_cast<int64_t>(labels.size()); }
  int64_t num_classes() const { return static_cast<int64_t>(class_names.size()); }
};

/// What the files of a data set hold.
struct FileSplits {
  Dataset train, test;
};

/// The training and the test files of one data set, and which training samples are held out for validation.
struct DataModule {
  Dataset train, test;
  std::vector<int64_t> train_ids;       // indices into `train`
  std::vector<int64_t> validation_ids;  // indices into `train`; empty when nothing is held out
  Normalization normalization;
};

}  // namespace retort::data
