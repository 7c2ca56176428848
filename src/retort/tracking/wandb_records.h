// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "retort/tracking/run_record.h"

namespace retort::tracking {

struct WandbOptions;

/// A key and the JSON text of its value.
using JsonItems = std::vector<std::pair<std::string, std::string>>;

/// The x-axis of every curve.
constexpr char kWandbStepMetric[] = "trainer/global_step";

// The messages of W&B's schema (wandb_internal.Record), each as the bytes of one record.

std::string wandb_header_record(int64_t number);
std::string wandb_run_record(int64_t number, const WandbOptions& options, const RunRecord& run);
std::string wandb_environment_record(int64_t number, const RunRecord& run);
/// A metric, or with `is_glob` all whose names match, drawn over `step_metric`; empty for none.
std::string wandb_metric_record(int64_t number, std::string_view name, bool is_glob,
                                std::string_view step_metric);
std::string wandb_history_record(int64_t number, int64_t step, const JsonItems& items);
std::string wandb_summary_record(int64_t number, const JsonItems& items);
std::string wandb_stats_record(int64_t number, const JsonItems& items);
std::string wandb_output_record(int64_t number, std::string_view line, bool is_error);
/// A file below files/; media are uploaded at once, others when the run ends.
std::string wandb_file_record(int64_t number, std::string_view path, bool is_media);
std::string wandb_exit_record(int64_t number, int exit_code, double runtime_seconds);

/// What must be known of a record to go on behind it.
struct WandbRecordInfo {
  int64_t number = 0;
  bool is_exit = false;
  bool is_run = false;
  std::optional<int64_t> history_step{};
  JsonItems items{};  // of a history or summary record
};
/// Nothing where the bytes are no record.
std::optional<WandbRecordInfo> parse_wandb_record(std::string_view bytes);

}  // namespace retort::tracking
