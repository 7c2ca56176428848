// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace retort::config {

/// Where a value was written, for messages: "conf/data/cifar10.yaml:3:9" or "override 'data.batch_size=64'".
/// Empty when nobody wrote it.
struct Source {
  std::string where;
  int line = 0;    // from 1; 0 when there is none
  int column = 0;  // from 1
  std::string to_string() const;
};

/// One value of a configuration: null, bool, integer, float, string, list or dictionary (keys in the order written).
/// A string may be an interpolation ("${data.name}") or "???" (mandatory, still missing).
class Node {
 public:
  using List = std::vector<Node>;
  using Dict = std::vector<std::pair<std::string, Node>>;

  Node() = default;  // null
  template <class T>
  explicit Node(T value, Source source = {});

  bool is_null() const;
  bool is_bool() const;
  bool is_int() const;
  bool is_float() const;
  bool is_string() const;
  bool is_list() const;
  bool is_dict() const;
  /// The string "???".
  bool is_missing() const;

  // Each throws std::bad_variant_access-like internal errors when the kind differs; ask first, or use Reader.
  bool as_bool() const;
  int64_t as_int() const;
  double as_float() const;
  const std::string& as_string() const;
  const List& as_list() const;
  const Dict& as_dict() const;

  /// The value under one key of a dictionary, or nullptr.
  const Node* find(std::string_view key) const;
  /// The value at a dotted path ("a.b[0].c"), or nullptr.
  const Node* select(std::string_view path) const;

  const Source& source() const;
};

}  // namespace retort::config
