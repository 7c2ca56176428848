// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "retort/metrics/classification.h"
#include "retort/trainer/callback.h"

namespace retort::trainer {

/// Where a training stands: the next step begins with batch `batch` of epoch `epoch`. All that the trainer
/// itself remembers from step to step; every member is in to_json().
struct Progress {
  int64_t epoch = 0;
  int64_t batch = 0;
  int64_t step = 0;               // optimizer steps that are done
  bool is_settled = true;         // all that belongs to the last step is done (Callback::on_settled)
  NamedValues loss_sums{};        // over the epoch's samples so far
  int64_t samples = 0;            // in those sums
  int64_t validated_batches = 0;  // of the whole training, up to the last validation
  std::optional<metrics::Classification> evaluation{};  // the last one
  int64_t evaluated_step = -1;                          // and when
  NamedValues metrics{};                                // the newest figure of each name: "val/loss", ...
  double base_lr = 0;                                   // the schedule's peak
};

nlohmann::json to_json(const Progress& progress);
/// Throws nlohmann::json::exception for what to_json() does not give.
Progress progress_from_json(const nlohmann::json& json);

/// Replaces the figure of that name, or adds it.
void remember(NamedValues& values, const std::string& name, double value);
std::optional<double> find(const NamedValues& values, const std::string& name);

}  // namespace retort::trainer
