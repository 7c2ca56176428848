// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"
#include "retort/data/options.h"
#include "retort/models/architecture.h"

namespace retort::apps {

/// The whole of `retort benchmark`'s configuration.
struct BenchmarkOptions {
  data::DataOptions data{};                // what pictures the networks take
  std::vector<std::string> checkpoints{};  // the last is the one that the others are compared with
  std::optional<models::Architecture> architecture{};  // where a file does not say it
  int64_t batch_size = 64;                             // of the throughput
  double seconds = 2;                                  // of each measurement
  int num_threads = 0;                                 // of one operation; 0: one a core

  static BenchmarkOptions from(const config::Node& config);
};

}  // namespace retort::apps
