// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace retort::report {

/// Text with & < > " and ' as entities, control characters as spaces.
std::string escaped(std::string_view text);

/// A whole page with the style of our reports. It may load nothing but what stands in it: its Content
/// Security Policy says so.
std::string page(std::string_view title, std::string_view body);

}  // namespace retort::report
