// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_words.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/tracking/sparkline.h"

namespace retort::tracking {
namespace {

constexpr size_t kMostLines = 24;

// Names flush right, at most kMostLines of them.
std::string block(const char* title, const std::vector<std::pair<std::string, std::string>>& lines) {
  size_t widest = 0;
  for (const auto& [key, text] : lines) widest = std::max(widest, key.size());
  std::string result = fmt::format("wandb:\nwandb: {}:\n", title);
  for (size_t i = 0; i < std::min(lines.size(), kMostLines); ++i)
    result += fmt::format("wandb: {:>{}} {}\n", printable(lines[i].first), widest, lines[i].second);
  return result;
}

// Nothing where it is no number: a picture, a table, what is W&B's own.
std::optional<double> number_of(const std::string& key, const std::string& json) {
  double value = 0;
  const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), value);
  if (key.starts_with('_') || error != std::errc() || end != json.data() + json.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string wandb_sync_command(const std::filesystem::path& folder) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+=:,@%";
  std::string word = folder.string();
  if (word.find_first_not_of(kPlain) != std::string::npos) {
    for (size_t at = 0; (at = word.find('\'', at)) != std::string::npos; at += 4)
      word.replace(at, 1, "'\\''");
    word = fmt::format("'{}'", word);
  }
  return fmt::format("wandb sync {}", printable(word, /*max_bytes=*/4096));
}

std::string wandb_closing_words(const std::map<std::string, std::vector<double>>& histories,
                                const std::map<std::string, std::string>& summary, int exit_code,
                                bool is_unicode) {
  constexpr size_t kSparkWidth = 40;
  std::vector<std::pair<std::string, std::string>> lines, last;
  for (const auto& [key, values] : histories)
    lines.emplace_back(key, sparkline(values, kSparkWidth, is_unicode));
  for (const auto& [key, json] : summary)
    if (const auto value = number_of(key, json)) last.emplace_back(key, fmt::format("{:.5g}", *value));
  std::string words = block("Run history", lines) + block("Run summary", last) + "wandb:\n";
  if (exit_code != 0) words += fmt::format("wandb: The run ended with exit code {}.\n", exit_code);
  return words;
}

}  // namespace retort::tracking
