// SPDX-License-Identifier: MIT
#include "retort/config/key_index.h"

namespace retort::config {

KeyIndex::KeyIndex(const Node& dict) {
  const Node::Dict& items = dict.as_dict();
  for (size_t i = 0; i < items.size(); ++i) add(items[i].first, i);
}

std::optional<size_t> KeyIndex::find(const Key& key) const {
  const auto place = places_.find(key.identity());
  return place == places_.end() ? std::nullopt : std::optional(place->second);
}

bool KeyIndex::add(const Key& key, size_t place) { return places_.emplace(key.identity(), place).second; }

}  // namespace retort::config
