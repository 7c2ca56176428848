// SPDX-License-Identifier: MIT
#include "retort/config/key_index.h"

namespace retort::config {

std::optional<size_t> KeyIndex::find(const Key& key) const {
  const auto place = places_.find(key.identity());
  return place == places_.end() ? std::nullopt : std::optional(place->second);
}

bool KeyIndex::add(const Key& key, size_t place) { return places_.emplace(key.identity(), place).second; }

std::optional<size_t> KeyFinder::find(const Key& key) {
  constexpr size_t kFewKeys = 32, kFewSearches = 16;  // for which no index pays
  if (!index_ && size_ > kFewKeys && ++searches_ > kFewSearches) {
    index_.emplace();
    for (size_t i = 0; i < size_; ++i) index_->add((*dict_)[i].first, i);
  }
  if (index_) return index_->find(key);
  for (size_t i = 0; i < size_; ++i)
    if ((*dict_)[i].first == key) return i;
  return std::nullopt;
}

}  // namespace retort::config
