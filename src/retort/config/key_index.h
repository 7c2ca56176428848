// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "retort/config/node.h"

namespace retort::config {

/// The place of each key of a dictionary: Node::find() looks through them one by one, which is quickest while
/// they are few, and takes too long where a file has many thousands.
class KeyIndex {
 public:
  KeyIndex() = default;
  explicit KeyIndex(const Node& dict);

  std::optional<size_t> find(const Key& key) const;
  /// Notes a key that stands at `place`; false when it is known already.
  bool add(const Key& key, size_t place);

 private:
  std::unordered_map<std::string, size_t> places_;  // by Key::identity()
};

}  // namespace retort::config
