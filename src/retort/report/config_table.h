// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// A key of the configuration and its value in each run; empty where a run has no such key.
struct ConfigRow {
  std::string key;
  std::vector<std::string> values;
  bool differs = false;
};

/// All keys of the runs, in their order.
std::vector<ConfigRow> config_rows(const std::vector<Run>& runs);

/// What a run has otherwise than the defaults: its own value, and the default.
std::vector<ConfigRow> rows_off_default(const Run& run);

}  // namespace retort::report
