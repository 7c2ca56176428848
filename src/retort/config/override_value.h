// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "retort/config/node.h"
#include "retort/config/override.h"

namespace retort::config {

struct Element;

/// Text that remembers its quotes: a job of a sweep gets it back as it was typed.
struct Text {
  std::string value;
  char quote = '\0';  // ' or " or none
};

using Number = std::variant<int64_t, double>;

struct ChoiceSweep {
  std::vector<Element> values;
  bool is_simple = false;  // written a,b,c: choice() and the casts may still take it
  bool shuffle = false;
};

struct RangeSweep {
  Number start, stop, step;
  bool shuffle = false;
};

/// A span of real numbers; only sweepers that search take it, ours does not.
struct IntervalSweep {};

struct GlobSweep {
  std::vector<std::string> include, exclude;
};

/// extend_list(a, b): what is added to the end of a list.
struct ListExtension {
  std::vector<Element> values;
};

/// What a value of an override is while it is being read.
struct Element {
  using List = std::vector<Element>;
  using Dict = std::vector<std::pair<Element, Element>>;
  std::variant<std::monostate, bool, int64_t, double, Text, List, Dict, ChoiceSweep, RangeSweep,
               IntervalSweep, GlobSweep, ListExtension>
      value;
  size_t position = 0;  // in the override, in bytes; 0, where no value can stand: that of what it is in

  template <class T>
  bool is() const {
    return std::holds_alternative<T>(value);
  }
  template <class T>
  const T& as() const {
    return std::get<T>(value);
  }
  bool is_null() const { return is<std::monostate>(); }
};

/// The element in the words of an error message: "a string", "a range".
std::string describe(const Element& element);

/// Whether the element is, or holds anywhere, what only the top of an override may be: a sweep or a list's
/// extension.
bool holds_sweep(const Element& element);

/// Equal for two keys of a dictionary that are one key to Python, for which true, 1 and 1.0 are equal.
std::string key_identity(const Element& key);

/// The element in the grammar again, as Hydra writes it into a job's overrides: quotes kept, special
/// characters of bare text escaped, numbers and booleans as Python prints them. Sweeps have no such text.
std::string to_override_text(const Element& element);

/// The configuration's value; `source` says the override, and the place of what has none of its own. Sweeps
/// have no value.
Node to_node(const Element& element, const Source& source);

/// repr() of a Python float: the shortest text that reads back to the same bits.
std::string python_float(double value);

}  // namespace retort::config
