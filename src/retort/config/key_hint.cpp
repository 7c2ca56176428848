// SPDX-License-Identifier: MIT
#include "retort/config/key_hint.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr size_t kMostKeys = 2000;   // that are looked at: a hint must not cost more than the error
constexpr size_t kShortestPart = 3;  // of a name, to be told by it

struct KnownKey {
  std::string path;  // "trainer.max_epochs"
  std::string name;  // "max_epochs"
};

void collect(const Node& dict, const std::string& parent, std::vector<KnownKey>& keys) {
  for (const auto& [key, value] : dict.as_dict()) {
    if (keys.size() >= kMostKeys) return;
    keys.push_back({parent.empty() ? key.text() : fmt::format("{}.{}", parent, key.text()), key.text()});
    const std::string path = keys.back().path;
    if (value.is_dict()) collect(value, path, keys);
  }
}

std::string hint_for(const KnownKey& key) { return fmt::format(" Did you mean '{}'?", key.path); }

}  // namespace

std::string key_hint(const Node& root, std::string_view path) {
  if (!root.is_dict() || path.empty()) return "";
  std::vector<KnownKey> keys;
  collect(root, "", keys);
  if (!path.starts_with("hydra"))
    std::erase_if(keys, [](const KnownKey& key) { return key.path.starts_with("hydra"); });

  std::vector<std::string> paths, names;
  for (const KnownKey& key : keys) {
    paths.push_back(key.path);
    names.push_back(key.name);
  }
  const std::string_view name = path.substr(path.rfind('.') + 1);
  if (const auto nearest = find_nearest(path, paths)) {
    // Two keys of one long parent are alike on the whole, whatever their names.
    const KnownKey& key = keys[*nearest];
    if (find_nearest(name, {&key.name, 1})) return hint_for(key);
  }
  if (const auto nearest = find_nearest(name, names)) return hint_for(keys[*nearest]);
  if (name.size() < kShortestPart) return "";
  const KnownKey* shortest = nullptr;
  for (const KnownKey& key : keys)
    if (key.name.find(name) != key.name.npos &&
        (shortest == nullptr || key.name.size() < shortest->name.size()))
      shortest = &key;
  return shortest == nullptr ? "" : hint_for(*shortest);
}

}  // namespace retort::config
