// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "retort/config/key_index.h"
#include "retort/config/node.h"
#include "retort/config/resolver.h"

namespace retort::config {

/// Finds what the interpolations of a configuration stand for, on demand: ${a.b}, ${.a}, ${..a}, ${${a}.b}
/// and the resolvers oc.env, oc.decode, oc.select, oc.create, oc.deprecated, oc.dict.keys, oc.dict.values,
/// now and hydra.
///
/// An Error (config) names the key whose interpolation fails and where it was written; one that leads back to
/// itself, or grows beyond all bounds, is such an error too; the bounds hold for all that one Interpolator is
/// asked. The configuration must outlive this; it may change between two calls, and what an earlier one gave
/// is then void.
class Interpolator : private ResolverContext {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// ${hydra:...} looks under `hydra` of `hydra_root`; ${now:...} is always `now`.
  Interpolator(const Node& root, const Node* hydra_root, Time now);

  /// The whole configuration without interpolations. What is missing (???) stays so, and so becomes what
  /// refers to it.
  Node resolve();
  /// The value at a dotted path, without interpolations; nothing where there is none, or it is missing.
  std::optional<Node> resolve(std::string_view path);
  /// What an interpolation that stands at the root of the configuration, beside its keys, stands for.
  Node resolve(const Node& interpolation);
  /// The value at a dotted path; an interpolation there, or on the way, is followed, but not those inside it.
  const Node* select(std::string_view path);
  /// What the interpolation `node` at a key of the dictionary or list at `parent_path` stands for, when that
  /// is a list or dictionary; nothing otherwise, or where it cannot be found.
  const Node* container_behind(const Node& node, const std::vector<std::string>& parent_path);

  /// Said by oc.deprecated.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Missing {};    // thrown where a value on the way is ???
  class MissingTarget;  // an Error: the interpolation leads to ???
  class BeyondBounds;   // an Error: too much came together

  const Place* reference(const std::string& key) override;
  const Place* call(const std::string& name, const std::vector<const Place*>& arguments) override {
    return call_resolver(name, arguments, *this);
  }
  const Place* keep(Node value) override;
  const Place* find(const std::string& key) override { return find(key, /*throws_on_missing=*/false); }
  const Place* find_in_hydra(std::string_view path) override;
  std::string current_key() const override { return full_key(active_.back()); }
  Time now() const override { return now_; }
  void warn(const std::string& message) override;
  [[noreturn]] void fail(const std::string& message) const override;

  const Place* step(const Place* container, const std::string& key);
  const Place* walk(const Place* root, std::string_view path, bool throws_on_missing);
  const Place* find(const std::string& key, bool throws_on_missing);
  const Place* follow(const Place* place);
  const Place* evaluate(const Place* place);
  Node materialize(const Place* place, bool is_final);
  Node materialize_target(const Place* place);
  void count(size_t bytes);
  std::string message_with_place(const std::string& message) const;

  Place root_;
  Place hydra_root_;
  Time now_;
  std::deque<Place> places_;
  std::deque<Node> values_;                             // made by interpolations
  std::vector<const Place*> active_;                    // interpolations being evaluated, outermost first
  std::unordered_map<const Node*, KeyFinder> finders_;  // of the dictionaries that this call went through
  size_t depth_ = 0;
  size_t counted_bytes_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace retort::config
