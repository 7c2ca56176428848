// SPDX-License-Identifier: MIT
#include "retort/config/config_override.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "retort/config/interpolation.h"
#include "retort/config/key_hint.h"
#include "retort/config/key_index.h"
#include "retort/config/merge.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

/// One override on its way into the configuration.
class Change {
 public:
  Change(Node& root, const Override& override, Interpolator& interpolator)
      : root_(root),
        override_(override),
        interpolator_(interpolator),
        keys_(split_path(override.key_or_group)) {}

  void apply() {
    if (override_.package)
      fail(override_.key_source(override_.key_or_group.size()),
           fmt::format("looks like a config group override, but config group '{}' does not exist",
                       override_.key_or_group));
    check_interpolations(override_.value);
    switch (override_.kind) {
      case Override::Kind::remove:
        return remove();
      case Override::Kind::add:
        if (const Node* present = find_present(); present != nullptr && !takes_addition())
          fail(fmt::format(
              "could not append: an item is already at '{}'.\nEither remove the + prefix: '{}'\nOr add a "
              "second + to "
              "add or override '{}': '+{}'",
              override_.key_or_group, override_.line.substr(1), override_.key_or_group, override_.line));
        return set(/*may_add=*/true);
      case Override::Kind::force_add:
        return set(/*may_add=*/true);
      case Override::Kind::change:
        return set(/*may_add=*/false);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { fail(override_.key_source(), message); }

  [[noreturn]] void fail(const Source& place, const std::string& message) const {
    throw Error(ExitCode::config,
                fmt::format("override '{}': {}{}", printable(override_.line), message, place.caret()));
  }

  // Nothing new comes in without a '+'.
  [[noreturn]] void fail_unknown(const Source& place, const std::string& path, const std::string& key) const {
    throw Error(ExitCode::config,
                fmt::format("Could not override '{}': there is no key '{}'.{}\nTo append to your config use "
                            "+{}{}",
                            override_.key_or_group, printable(key), key_hint(root_, path),
                            printable(override_.line), place.caret()));
  }

  // The i-th name of the key is not there.
  [[noreturn]] void fail_unknown(size_t i) const {
    size_t offset = 0;
    for (size_t k = 0; k < i; ++k) offset += keys_[k].size() + 1;
    fail_unknown(override_.key_source(offset), override_.key_or_group, keys_[i]);
  }

  bool takes_addition() const { return override_.value.is_dict() || override_.value.is_list(); }

  // What stands at the key, with interpolations followed; null and ??? count as nothing.
  const Node* find_present() {
    const Node* found = interpolator_.select(override_.key_or_group);
    return found != nullptr && !found->is_null() && !found->is_missing() ? found : nullptr;
  }

  size_t index_in(const Node& list, const std::string& key) const {
    const size_t size = list.as_list().size();
    size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error != std::errc{} || end != key.data() + key.size())
      fail(fmt::format("'{}' is an index into a list, and '{}' is no number", override_.key_or_group,
                       printable(key)));
    if (index >= size) fail(fmt::format("the list has {} items, and no item {}", size, printable(key)));
    return index;
  }

  /// The container that holds the last key. What stands in the way gives way to a new dictionary.
  Node& holder(bool may_add) {
    Node* node = &root_;
    for (size_t i = 0; i + 1 < keys_.size(); ++i) {
      if (node->is_list()) {
        node = &node->as_list()[index_in(*node, keys_[i])];
      } else {
        Node* next = node->find(keys_[i]);
        if (next == nullptr && !may_add) fail_unknown(i);
        node = next == nullptr ? &node->put(keys_[i], Node()) : next;
      }
      if (!node->is_list() && !node->is_dict()) *node = Node(Node::Dict{}, override_.value.source());
    }
    return *node;
  }

  void set(bool may_add) {
    Node& container = holder(may_add);
    const std::string& last = keys_.back();
    Node* target =
        container.is_list() ? &container.as_list()[index_in(container, last)] : container.find(last);
    if (target == nullptr) {
      if (!may_add) fail_unknown(keys_.size() - 1);
      container.as_dict().emplace_back(last, override_.value);
      return;
    }
    const Node& value = override_.value;
    if (override_.extends_list) return extend(*target);
    const bool is_container = target->is_list() || target->is_dict();
    if (!is_container || !takes_addition()) {
      *target = value;
      return;
    }
    if (!may_add) check_known_keys(*target, value, override_.key_or_group);
    Node holder_of_both(Node::Dict{});
    holder_of_both.as_dict().emplace_back(last, std::move(*target));
    merge_into(holder_of_both, Node(Node::Dict{{last, value}}));
    *target = std::move(*holder_of_both.find(last));
  }

  void extend(Node& target) {
    if (!target.is_list())
      fail(fmt::format("extend_list() needs a list at '{}', found {}", override_.key_or_group,
                       describe(target)));
    for (const Node& item : override_.value.as_list()) target.as_list().push_back(item);
  }

  void check_known_keys(const Node& target, const Node& value, const std::string& path) const {
    if (!target.is_dict() || !value.is_dict()) return;
    KeyFinder finder(target.as_dict());
    for (const auto& [key, item] : value.as_dict()) {
      const std::optional<size_t> place = finder.find(key);
      const std::string key_path = fmt::format("{}.{}", path, key.text());
      if (!place) fail_unknown(item.source(), key_path, key.text());
      check_known_keys(target.as_dict()[*place].second, item, key_path);
    }
  }

  // ~key, or ~key=value where the value must be the one that is there.
  void remove() {
    const Node* present = find_present();
    const std::string& key = override_.key_or_group;
    if (present == nullptr)
      fail(fmt::format("could not delete: '{}' does not exist.{}", key, key_hint(root_, key)));
    if (!override_.value.is_null() && !equals(override_.value, *present))
      fail(override_.value_source(), fmt::format("could not delete: the value of '{}' is {} and not {}", key,
                                                 describe(*present), describe(override_.value)));

    const size_t dot = key.rfind('.');
    Node* container = dot == key.npos ? &root_ : mutable_selected(key.substr(0, dot));
    if (container == nullptr || !container->is_dict() ||
        !container->erase(key.substr(dot == key.npos ? 0 : dot + 1)))
      fail(fmt::format("could not delete: '{}' is no key of a dictionary", key));
  }

  // Behind an interpolation lies a node of this configuration, or one that an interpolation made and that is
  // gone.
  Node* mutable_selected(const std::string& path) {
    const Node* found = interpolator_.select(path);
    return found == nullptr ? nullptr : find_node(root_, found);
  }

  static Node* find_node(Node& node, const Node* wanted) {
    if (&node == wanted) return &node;
    if (node.is_dict())
      for (auto& [key, value] : node.as_dict())
        if (Node* found = find_node(value, wanted)) return found;
    if (node.is_list())
      for (Node& item : node.as_list())
        if (Node* found = find_node(item, wanted)) return found;
    return nullptr;
  }

  // As Python compares: 1, 1.0 and True are equal.
  static bool equals(const Node& a, const Node& b) {
    const auto number = [](const Node& node) -> std::optional<double> {
      if (node.is_bool()) return node.as_bool() ? 1 : 0;
      if (node.is_int()) return static_cast<double>(node.as_int());
      if (node.is_float()) return node.as_float();
      return std::nullopt;
    };
    const auto x = number(a), y = number(b);
    return x && y ? *x == *y : a == b;
  }

  Node& root_;
  const Override& override_;
  Interpolator& interpolator_;
  std::vector<std::string> keys_;
};

}  // namespace

void apply_override(Node& root, const Override& override, Interpolator& interpolator) {
  Change(root, override, interpolator).apply();
}

}  // namespace retort::config
