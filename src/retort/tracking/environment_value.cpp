// SPDX-License-Identifier: MIT
#include "retort/tracking/environment_value.h"

namespace retort::tracking {

bool is_given(config::Reader& reader, std::string_view key) {
  const config::Node& node = reader.node(key);
  return !node.is_null() && !(node.is_string() && node.as_string().empty());
}

std::optional<std::string> given_text(config::Reader& reader, std::string_view key) {
  std::optional<std::string> text = reader.optional_text(key);
  return text && !text->empty() ? text : std::nullopt;
}

}  // namespace retort::tracking
