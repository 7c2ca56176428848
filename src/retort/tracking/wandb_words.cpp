// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/tracking/sparkline.h"

namespace retort::tracking {

std::string wandb_closing_words(const std::map<std::string, std::vector<double>>& histories, int exit_code,
                                bool is_unicode) {
  constexpr size_t kSparkWidth = 40, kMostLines = 24;
  size_t widest = 0;
  for (const auto& [key, values] : histories) widest = std::max(widest, key.size());
  std::string history, summary;
  size_t lines = 0;
  for (const auto& [key, values] : histories) {
    if (lines++ == kMostLines) break;
    history +=
        fmt::format("wandb: {:>{}} {}\n", printable(key), widest, sparkline(values, kSparkWidth, is_unicode));
    summary += fmt::format("wandb: {:>{}} {:.5g}\n", printable(key), widest, values.back());
  }
  std::string words =
      fmt::format("wandb:\nwandb: Run history:\n{}wandb:\nwandb: Run summary:\n{}wandb:\n", history, summary);
  if (exit_code != 0) words += fmt::format("wandb: The run ended with exit code {}.\n", exit_code);
  return words;
}

}  // namespace retort::tracking
