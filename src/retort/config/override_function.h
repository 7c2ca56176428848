// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
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

/// The value of a call. The functions are Hydra's: the sweeps choice, range, interval and glob; sort, shuffle
/// and tag; the casts int, float, str, bool and json_str, which go into lists, dictionaries and sweeps; and
/// extend_list.
Element call_override_function(OverrideCall call);

std::vector<std::string> override_function_names();

}  // namespace retort::config
