// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::config {

/// Where a value was written. Empty when nobody wrote it.
struct Source {
  std::string where;  // a file, or an override as it was typed
  int line = 0;       // of a file, from 1; 0 in an override
  int column = 0;     // from 1

  bool is_override() const { return line == 0 && column > 0; }
  /// For messages: "conf/data/cifar10.yaml:3:9", "override 'data.batch_size=64'".
  std::string to_string() const;
  /// The same for the middle and for the begin of a message: " (conf/a.yaml:3:9)" and "conf/a.yaml:3:9: ".
  /// Nothing where nobody wrote it.
  std::string in_parentheses() const;
  std::string as_prefix() const;
  /// For the end of a message: caret_lines() of an override; nothing for a file, whose place to_string()
  /// gives.
  std::string caret() const;
};

/// An override and a caret below the byte at `position`, each on a line of its own that begins with a line
/// break. Of a long override only the neighbourhood is shown.
std::string caret_lines(std::string_view line, size_t position);

}  // namespace retort::config
