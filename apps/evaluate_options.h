// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "retort/config/node.h"
#include "retort/data/options.h"
#include "retort/models/architecture.h"

namespace retort::apps {

/// The whole of `retort evaluate`'s configuration.
struct EvaluateOptions {
  data::DataOptions data{};
  std::vector<std::string> checkpoints{};  // each a weights file, a checkpoint's folder or a run's folder
  bool is_ensemble = false;                // they answer as one network too
  bool is_geometric = false;               // by the mean of logits, not of distributions
  std::vector<std::string> teachers{};     // to compare with; several are an ensemble
  std::optional<models::Architecture> architecture{};    // where a file does not say it
  std::string split{};                                   // train, validation or test
  std::vector<std::pair<int64_t, double>> class_bias{};  // class, and what is added to its logits
  std::optional<std::string> predictions{};              // a file to write
  uint64_t seed = 0;                                     // chooses the validation split

  static EvaluateOptions from(const config::Node& config);
};

}  // namespace retort::apps
