// SPDX-License-Identifier: MIT
#include "retort/core/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include <fmt/format.h>

namespace retort {
namespace {

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each. Gives
// up with `limit` where the distance is not below it.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= limit) return limit;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1, least_of_last = 0; i <= a.size(); ++i) {
    size_t least = row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (std::min(least, least_of_last) >= limit) return limit;  // a swap reaches back two rows
    least_of_last = least;
    before.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], limit);
}

// The length of the UTF-8 sequence that starts at text[0], or 0 when it is not one.
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  if (length == 0 || byte(0) > 0xF4 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  // Longer than need be, a surrogate, or beyond the last character.
  if (byte(0) == 0xE0 && byte(1) < 0xA0) return 0;
  if (byte(0) == 0xED && byte(1) >= 0xA0) return 0;
  if (byte(0) == 0xF0 && byte(1) < 0x90) return 0;
  if (byte(0) == 0xF4 && byte(1) >= 0x90) return 0;
  return length;
}

}  // namespace

std::optional<size_t> find_nearest(std::string_view name, std::span<const std::string> candidates) {
  constexpr size_t kLongestName = 128;
  if (name.empty() || name.size() > kLongestName) return std::nullopt;
  std::optional<size_t> nearest;
  size_t least_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const size_t distance = edit_distance(name, candidates[i], least_distance);
    if (distance >= least_distance) continue;
    least_distance = distance;
    nearest = i;
  }
  return nearest;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::optional<size_t> nearest = find_nearest(name, candidates);
  return nearest ? fmt::format(" Did you mean '{}'?", candidates[*nearest]) : "";
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string printable(std::string_view text, size_t max_bytes) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    if (result.size() >= max_bytes) return result + "...";
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : utf8_length(text.substr(i));
    const bool is_control =
        byte < 0x20 || byte == 0x7F || (length == 2 && byte == 0xC2 && (text[i + 1] & 0xFF) < 0xA0);
    if (length == 0 || is_control) {
      result += fmt::format("\\x{:02x}", byte);
      ++i;
    } else {
      result += text.substr(i, length);
      i += length;
    }
  }
  return result;
}

std::string printable_lines(std::string_view text, size_t max_bytes_a_line) {
  std::string result;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (begin > 0) result += '\n';
    for (; begin < end && text[begin] == '\t'; ++begin) result += '\t';
    result += printable(text.substr(begin, end - begin), max_bytes_a_line);
    begin = end + 1;
  }
  return result;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = static_cast<unsigned char>(text[0]) < 0x80 ? 1 : utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string human_bytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(units)) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string human_count(uint64_t count) {
  const auto value = static_cast<double>(count);
  if (count >= 1'000'000'000) return fmt::format("{:.2f} G", value / 1e9);
  if (count >= 1'000'000) return fmt::format("{:.2f} M", value / 1e6);
  if (count >= 1'000) return fmt::format("{:.1f} k", value / 1e3);
  return fmt::format("{}", count);
}

std::string human_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "-";
  const auto total = static_cast<uint64_t>(std::llround(seconds));
  if (total >= 3600) return fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
  return fmt::format("{}:{:02}", total / 60, total % 60);
}

}  // namespace retort
