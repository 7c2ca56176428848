// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "retort/config/node.h"

namespace retort::config {

/// Several values for one key, written `a=1,2`, `a=choice(1,2)`, `a=range(1,10)`, `group=glob(*)`. Only a
/// multirun takes it.
struct Sweep {
  enum class Kind { choice, range, glob, interval };

  Kind kind = Kind::choice;
  std::vector<std::string>
      values;  // choice and range: the text of each value, as it goes into a job's override
  std::vector<std::string> include;  // glob: patterns over the options of a group
  std::vector<std::string> exclude;
  bool shuffle = false;
};

/// One override of the command line or of a list of overrides, in Hydra 1.3's grammar.
struct Override {
  enum class Kind {
    change,     // key=value: the key exists
    add,        // +key=value: the key does not exist
    force_add,  // ++key=value: either
    remove,     // ~key, ~key=value: the key exists (and has that value)
  };

  Kind kind = Kind::change;
  std::string key_or_group;  // "data.batch_size", "data", "hydra/launcher"; may be empty in `@package=option`
  std::optional<std::string> package;  // what stands after '@'; may be empty
  bool has_value = false;              // false for `~key` alone
  Node value;                          // null where there is none, and for a sweep
  bool extends_list = false;  // extend_list(a, b): `value` is a list to append to the one that is there
  std::optional<Sweep> sweep;
  std::string value_text;   // the value written back in the grammar: for a job's override
  std::string line;         // as typed
  size_t key_position = 0;  // in `line`, in bytes from 0
  size_t value_position = 0;

  /// "+group@package": sign, key and package as typed.
  std::string key_element() const;
  /// Where the key stands; `offset` bytes into it.
  Source key_source(size_t offset = 0) const {
    return {.where = line, .column = static_cast<int>(key_position + offset) + 1};
  }
  Source value_source() const {
    return has_value ? Source{.where = line, .column = static_cast<int>(value_position) + 1} : key_source();
  }
};

/// Reads one override. A retort::Error (config) names the position, what was found and what was expected, and
/// shows the line with a caret below.
Override parse_override(std::string_view line);

/// Those of one command line, or of one job. An Error (config) also where they are more than 2,000, or hold
/// more than 256 KiB or 20,000 values.
std::vector<Override> parse_overrides(const std::vector<std::string>& lines);

}  // namespace retort::config
