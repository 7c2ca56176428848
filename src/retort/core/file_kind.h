// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace retort {

/// What a file that is not what it should be seems to be, from its first bytes (64 are enough), for the end
/// of an error message: "a web page (HTML), perhaps of a failed download". Empty where nothing is recognised.
std::string_view file_kind(std::string_view start);

}  // namespace retort
