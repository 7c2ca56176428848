// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "retort/config/source.h"

namespace retort::config {

/// The key of a dictionary. Nearly always text; YAML and overrides also know numbers and booleans as keys. As
/// in Python, `1` and `"1"` are different keys, but `1`, `1.0` and `true` are the same.
class Key {
 public:
  enum class Kind { text, integer, floating, boolean };

  Key(std::string text) : text_(std::move(text)) {}
  Key(std::string_view text) : text_(text) {}
  Key(const char* text) : text_(text) {}
  /// A key that is not text, with what Python prints for it: "1", "1.5", "True".
  Key(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  operator const std::string&() const { return text_; }
  /// The same text for equal keys, and for no others.
  std::string identity() const;

  friend bool operator==(const Key& a, const Key& b) {
    if (a.kind_ == b.kind_) return a.text_ == b.text_;
    return a.kind_ != Kind::text && b.kind_ != Kind::text && a.number() == b.number();
  }
  friend bool operator==(const Key& a, std::string_view b) { return a.kind_ == Kind::text && a.text_ == b; }

 private:
  double number() const;

  Kind kind_ = Kind::text;
  std::string text_;
};

/// One value of a configuration: null, bool, integer, float, string, list or dictionary (keys in the order
/// written). A string may be an interpolation ("${data.name}") or "???" (mandatory, still missing).
class Node {
 public:
  using List = std::vector<Node>;
  using Dict = std::vector<std::pair<Key, Node>>;

  Node() = default;  // null
  explicit Node(std::nullptr_t, Source source = {}) : source_(std::move(source)) {}
  explicit Node(List list, Source source = {}) : value_(std::move(list)), source_(std::move(source)) {}
  explicit Node(Dict dict, Source source = {}) : value_(std::move(dict)), source_(std::move(source)) {}
  /// A bool, an integer, a float, or text.
  template <class T>
  requires std::is_arithmetic_v<T> || std::convertible_to<T, std::string_view>
  explicit Node(const T& value, Source source = {}) : source_(std::move(source)) {
    if constexpr (std::is_same_v<T, bool>)
      value_ = value;
    else if constexpr (std::is_integral_v<T>)
      value_ = static_cast<int64_t>(value);
    else if constexpr (std::is_floating_point_v<T>)
      value_ = static_cast<double>(value);
    else
      value_ = std::string(std::string_view(value));
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<int64_t>(value_); }
  bool is_float() const { return std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_list() const { return std::holds_alternative<List>(value_); }
  bool is_dict() const { return std::holds_alternative<Dict>(value_); }
  /// The string "???".
  bool is_missing() const;
  /// A string that holds "${".
  bool is_interpolation() const;

  // Each throws std::bad_variant_access when the kind differs; ask first, or use Reader.
  bool as_bool() const { return std::get<bool>(value_); }
  int64_t as_int() const { return std::get<int64_t>(value_); }
  double as_float() const { return std::get<double>(value_); }
  const std::string& as_string() const { return std::get<std::string>(value_); }
  const List& as_list() const { return std::get<List>(value_); }
  const Dict& as_dict() const { return std::get<Dict>(value_); }
  List& as_list() { return std::get<List>(value_); }
  Dict& as_dict() { return std::get<Dict>(value_); }

  /// The value under one key of a dictionary, or nullptr.
  const Node* find(const Key& key) const;
  Node* find(const Key& key);
  /// Replaces the value under one key of a dictionary, or adds it at the end.
  Node& put(const Key& key, Node value);
  /// Removes a key of a dictionary; false when it was not there.
  bool erase(const Key& key);
  /// The value at a dotted path ("a.b[0].c"), or nullptr. A malformed path selects nothing.
  const Node* select(std::string_view path) const;
  Node* select(std::string_view path);
  /// Replaces or adds the value at a dotted path; dictionaries on the way are made where they are missing.
  Node& set(std::string_view path, Node value);

  const Source& source() const { return source_; }
  void set_source(Source source) { source_ = std::move(source); }

  /// Same kind, same value, keys in the same order, wherever they were written.
  friend bool operator==(const Node& a, const Node& b) { return a.value_ == b.value_; }

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Dict> value_;
  Source source_;
};

/// A dotted path cut into its keys, as OmegaConf does: "a.b[0].c" gives a, b, 0, c; "[a].b" gives a, b; ".a"
/// gives an empty key and a.
std::vector<std::string> split_path(std::string_view path);

/// The value in one short line for a message: 0.1, 'text', [1, 2], {...}.
std::string describe(const Node& node);
/// The kind in a user's words: "an integer", "text", "a dictionary".
std::string_view kind_name(const Node& node);

}  // namespace retort::config
