// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// The place of the candidate that a user most likely meant, or nothing when none is near (edit distance with
/// transpositions).
std::optional<size_t> find_nearest(std::string_view name, std::span<const std::string> candidates);

/// " Did you mean 'x'?" when something is near, else the empty string; for the end of an error message.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

std::string join(std::span<const std::string> parts, std::string_view separator);

/// Text from a stranger made safe for a terminal: control bytes and broken UTF-8 become \xNN, and anything
/// longer than max_bytes is cut with "...".
std::string printable(std::string_view text, size_t max_bytes = 200);
/// The same line by line, for a message that may hold what a stranger wrote: the line breaks stay.
std::string printable_lines(std::string_view text, size_t max_bytes_a_line = 2000);

/// Whether the text is UTF-8 throughout, as Python decodes it.
bool is_utf8(std::string_view text);

/// 1536 -> "1.5 KiB"
std::string human_bytes(uint64_t bytes);
/// 23520842 -> "23.52 M"
std::string human_count(uint64_t count);
/// 3725 -> "1:02:05", 65 -> "1:05"
std::string human_duration(double seconds);

}  // namespace retort
