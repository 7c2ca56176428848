// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "retort/config/node.h"

namespace retort::config {

/// The place of each key of a dictionary.
class KeyIndex {
 public:
  std::optional<size_t> find(const Key& key) const;
  /// Notes a key that stands at `place`; false when it is known already.
  bool add(const Key& key, size_t place);

 private:
  std::unordered_map<std::string, size_t> places_;  // by Key::identity()
};

/// Finds keys of a dictionary that many are looked for in: Node::find() looks through them one by one, which
/// is quickest while they are few, and takes too long where thousands are looked for among thousands. The
/// dictionary must outlive this; what is added behind its last key meanwhile is not found.
class KeyFinder {
 public:
  explicit KeyFinder(const Node::Dict& dict) : dict_(&dict), size_(dict.size()) {}

  std::optional<size_t> find(const Key& key);

 private:
  const Node::Dict* dict_;
  size_t size_;
  size_t searches_ = 0;
  std::optional<KeyIndex> index_;
};

}  // namespace retort::config
