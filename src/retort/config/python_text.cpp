// SPDX-License-Identifier: MIT
#include "retort/config/python_text.h"

#include <fmt/format.h>

#include "retort/config/override_value.h"

namespace retort::config {
namespace {

std::string repr_key(const Key& key) {
  return key.kind() == Key::Kind::text ? python_repr(key.text()) : key.text();
}

}  // namespace

std::string python_repr(std::string_view text) {
  const bool prefers_double = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = prefers_double ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\')
      result += {'\\', c};
    else if (c == '\n')
      result += "\\n";
    else if (c == '\r')
      result += "\\r";
    else if (c == '\t')
      result += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + quote;
}

std::string python_repr(const Node& node) {
  if (node.is_string()) return python_repr(node.as_string());
  if (!node.is_list() && !node.is_dict()) return python_str(node);
  std::string items;
  if (node.is_list()) {
    for (const Node& item : node.as_list()) items += (items.empty() ? "" : ", ") + python_repr(item);
    return "[" + items + "]";
  }
  for (const auto& [key, value] : node.as_dict())
    items += (items.empty() ? "" : ", ") + repr_key(key) + ": " + python_repr(value);
  return "{" + items + "}";
}

std::string python_str(const Node& node) {
  if (node.is_null()) return "None";
  if (node.is_bool()) return node.as_bool() ? "True" : "False";
  if (node.is_int()) return fmt::format("{}", node.as_int());
  if (node.is_float()) return python_float(node.as_float());
  if (node.is_string()) return node.as_string();
  return python_repr(node);
}

}  // namespace retort::config
