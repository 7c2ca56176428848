// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "retort/config/override_value.h"

namespace retort::config {

/// A call in an override's value: `sort(3, 1, reverse=true)`.
struct OverrideCall {
  std::string name;
  std::vector<Element> arguments;
  std::vector<std::pair<std::string, Element>> named_arguments;
};

/// What a call was given and cannot take. Only the parser sees it: it adds the place.
class CallError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The arguments of one call, handed out by position or name as Python binds them.
class CallArguments {
 public:
  /// `names` are the parameters in order; `takes_any` says that positions bind to no name (Python's *args). A
  /// CallError for too many, for two of one name, and for a name that is none.
  CallArguments(OverrideCall call, std::vector<std::string> names, bool takes_any);

  std::vector<Element>& positional() { return call_.arguments; }
  /// Of a name written twice the last value; nullptr where there is none.
  const Element* find(std::string_view name) const;
  /// The same, where null stands for an argument that was left out.
  const Element* find_given(std::string_view name) const;
  /// A CallError where it was not given.
  const Element& get(std::string_view name) const;
  /// shuffle() and sort() take what they work on by name too, as `sweep` or `list`: it then stands alone.
  void move_named_to_positional();

  [[noreturn]] void refuse(const Element& element, std::string_view expected) const;

 private:
  OverrideCall call_;
  std::vector<std::string> names_;
};

}  // namespace retort::config
