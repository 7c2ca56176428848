// SPDX-License-Identifier: MIT
#include "retort/config/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "retort/config/override_value.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

std::optional<size_t> list_index(std::string_view text, size_t size) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size() || index >= size) return std::nullopt;
  return index;
}

Node* step_into(Node& node, const std::string& key) {
  if (node.is_dict()) return node.find(key);
  if (!node.is_list()) return nullptr;
  const auto index = list_index(key, node.as_list().size());
  return index ? &node.as_list()[*index] : nullptr;
}

}  // namespace

double Key::number() const {
  if (kind_ == Kind::boolean) return text_ == "True" ? 1 : 0;
  return std::strtod(text_.c_str(), nullptr);
}

std::string Key::identity() const {
  if (kind_ == Kind::text) return "'" + text_;
  if (kind_ == Kind::integer) return text_;
  const double value = number();
  const bool is_whole = std::abs(value) < 9e15 && std::trunc(value) == value;
  return is_whole ? fmt::format("{}", static_cast<int64_t>(value)) : text_;
}

bool Node::is_missing() const { return is_string() && as_string() == "???"; }

bool Node::is_interpolation() const { return is_string() && as_string().find("${") != std::string::npos; }

Node* Node::find(const Key& key) {
  if (!is_dict()) return nullptr;
  Dict& dict = as_dict();
  const auto found =
      std::find_if(dict.begin(), dict.end(), [&](const auto& item) { return item.first == key; });
  return found == dict.end() ? nullptr : &found->second;
}

const Node* Node::find(const Key& key) const { return const_cast<Node*>(this)->find(key); }

Node& Node::put(const Key& key, Node value) {
  if (Node* present = find(key)) return *present = std::move(value);
  return as_dict().emplace_back(key, std::move(value)).second;
}

bool Node::erase(const Key& key) {
  Dict& dict = as_dict();
  const auto found =
      std::find_if(dict.begin(), dict.end(), [&](const auto& item) { return item.first == key; });
  if (found == dict.end()) return false;
  dict.erase(found);
  return true;
}

Node* Node::select(std::string_view path) {
  Node* node = this;
  if (path.empty()) return node;
  for (const std::string& key : split_path(path)) {
    node = step_into(*node, key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

const Node* Node::select(std::string_view path) const { return const_cast<Node*>(this)->select(path); }

Node& Node::set(std::string_view path, Node value) {
  Node* node = this;
  for (const std::string& key : split_path(path)) {
    Node* next = step_into(*node, key);
    if (next == nullptr) {
      if (!node->is_dict()) *node = Node(Dict{});
      next = &node->put(key, Node());
    }
    node = next;
  }
  return *node = std::move(value);
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> keys;
  const size_t head_end = std::min(path.find('['), path.size());
  size_t begin = 0;
  for (size_t dot = 0; (dot = path.find('.', begin)) < head_end; begin = dot + 1)
    keys.emplace_back(path.substr(begin, dot - begin));
  if (begin < head_end || head_end == path.size()) keys.emplace_back(path.substr(begin, head_end - begin));

  for (size_t i = head_end; i < path.size();) {
    const bool is_bracket = path[i] == '[';
    if (!is_bracket && path[i] != '.') {
      ++i;  // between brackets and the next key; OmegaConf passes over it
      continue;
    }
    const size_t end =
        is_bracket ? path.find(']', i) : std::min(path.find_first_of(".[", i + 1), path.size());
    if (end == path.npos) break;
    keys.emplace_back(path.substr(i + 1, end - i - 1));
    i = is_bracket ? end + 1 : end;
  }
  return keys;
}

std::string describe(const Node& node) {
  constexpr size_t kLongest = 80;
  if (node.is_null()) return "null";
  if (node.is_bool()) return node.as_bool() ? "true" : "false";
  if (node.is_int()) return fmt::format("{}", node.as_int());
  if (node.is_float()) return python_float(node.as_float());
  if (node.is_string()) return "'" + printable(node.as_string(), kLongest) + "'";
  if (node.is_dict()) return node.as_dict().empty() ? "{}" : "{...}";
  std::string items;
  for (const Node& item : node.as_list()) {
    if (items.size() > kLongest) return "[" + items + ", ...]";
    items += (items.empty() ? "" : ", ") + describe(item);
  }
  return "[" + items + "]";
}

std::string_view kind_name(const Node& node) {
  if (node.is_null()) return "null";
  if (node.is_bool()) return "a boolean";
  if (node.is_int()) return "an integer";
  if (node.is_float()) return "a float";
  if (node.is_string()) return "text";
  return node.is_list() ? "a list" : "a dictionary";
}

}  // namespace retort::config
