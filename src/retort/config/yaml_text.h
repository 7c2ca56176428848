// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "retort/config/source.h"
#include "retort/config/yaml_reader.h"

namespace retort::config {

/// A byte of a character in UTF-8 that is not its first.
inline bool is_continuation(char c) { return (c & 0xC0) == 0x80; }

/// Checks a text before it is parsed: what PyYAML refuses and yaml-cpp reads, and what yaml-cpp would hold in
/// memory before it gives its first event. An Error (config) names the place.
void check_yaml_text(std::string_view text, const std::string& name, const YamlLimits& limits);

/// What yaml-cpp says of a mistake at a place, in plain words for those that people make.
std::string plain_yaml_message(const std::string& message, std::string_view text, const Source& place);

}  // namespace retort::config
