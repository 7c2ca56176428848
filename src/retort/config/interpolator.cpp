// SPDX-License-Identifier: MIT
#include "retort/config/interpolator.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "retort/config/node_size.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr size_t kDeepest = 100;         // interpolations that lead to interpolations, values in one another
constexpr size_t kMostBytes = 24 << 20;  // that what interpolations make and pass through may take

// What Python's int() reads: a sign, and single underscores between digits. Nothing where it is no integer;
// one beyond 64 bits becomes the nearest of these.
std::optional<int64_t> read_integer(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits(is_negative ? "-" : "");
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    const bool is_separator = text[i] == '_' && i > 0 && i + 1 < text.size() && text[i - 1] != '_';
    if (!is_digit && !is_separator) return std::nullopt;
    if (is_digit) digits += text[i];
  }
  int64_t value = is_negative ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), value).ec;
  return error == std::errc::invalid_argument ? std::nullopt : std::optional(value);
}

bool is_container(const Node& node) { return node.is_list() || node.is_dict(); }

std::vector<std::string> key_names(const Node& dict) {
  std::vector<std::string> names;
  if (dict.is_dict())
    for (const auto& [key, value] : dict.as_dict()) names.push_back(key.text());
  return names;
}

}  // namespace

Interpolator::Interpolator(const Node& root, const Node* hydra_root, Time now)
    : root_{&root, nullptr, ""}, hydra_root_{hydra_root, nullptr, ""}, now_(now) {}

class Interpolator::MissingTarget : public Error {
 public:
  using Error::Error;
};

class Interpolator::BeyondBounds : public Error {
 public:
  using Error::Error;
};

std::string Interpolator::message_with_place(const std::string& message) const {
  if (active_.empty()) return message;
  const Place* place = active_.front();
  return fmt::format("{}={}{}: {}{}", full_key(place), printable(place->node->as_string()),
                     place->node->source().in_parentheses(), message, place->node->source().caret());
}

void Interpolator::fail(const std::string& message) const {
  throw Error(ExitCode::config, message_with_place(message));
}

void Interpolator::count(size_t bytes) {
  counted_bytes_ += bytes;
  if (counted_bytes_ > kMostBytes)
    throw BeyondBounds(ExitCode::config, message_with_place("the interpolations grow beyond all bounds"));
}

const Place* Interpolator::keep(Node value) {
  const NodeSize size = size_of(value);
  count(sizeof(Place) + size.values * sizeof(Node) + size.bytes);
  const Place* parent = active_.empty() ? &root_ : active_.back()->parent;
  return &places_.emplace_back(Place{&values_.emplace_back(std::move(value)), parent, ""});
}

const Place* Interpolator::step(const Place* container, const std::string& key) {
  const Node* found = nullptr;
  if (container->node->is_dict()) {
    const Node::Dict& dict = container->node->as_dict();
    const auto place = finders_.try_emplace(container->node, dict).first->second.find(key);
    if (place) found = &dict[*place].second;
  } else {
    const auto& list = container->node->as_list();
    const std::optional<int64_t> index = read_integer(key);
    if (!index && !active_.empty())
      fail(fmt::format("'{}' is no index into the list '{}'", printable(key), full_key(container)));
    // OmegaConf knows no negative index.
    if (index && *index >= 0 && *index < std::ssize(list)) found = &list[static_cast<size_t>(*index)];
  }
  if (found == nullptr) return nullptr;
  if (!active_.empty()) count(sizeof(Place) + key.size());
  return &places_.emplace_back(Place{found, container, key});
}

const Place* Interpolator::walk(const Place* root, std::string_view path, bool throws_on_missing) {
  const Place* place = root;
  if (path.empty()) return place;
  for (const std::string& key : split_path(path)) {
    place = follow(place);
    if (!is_container(*place->node)) return nullptr;
    place = step(place, key);
    if (place == nullptr) return nullptr;
    if (throws_on_missing && place->node->is_missing()) throw Missing{};
  }
  return follow(place);
}

const Place* Interpolator::follow(const Place* place) {
  return place->node->is_interpolation() ? evaluate(place) : place;
}

const Place* Interpolator::evaluate(const Place* place) {
  const auto is_same = [&](const Place* active) { return active->node == place->node; };
  if (std::any_of(active_.begin(), active_.end(), is_same)) fail("the interpolation leads back to itself");
  active_.push_back(place);
  if (active_.size() > kDeepest) fail("too many interpolations lead to one another");
  const Place* result = nullptr;
  try {
    result = evaluate_interpolation(place->node->as_string(), *this);
  } catch (const std::invalid_argument& error) {
    fail(error.what());
  }
  active_.pop_back();
  return result;
}

const Place* Interpolator::find(const std::string& key, bool throws_on_missing) {
  if (!key.starts_with('.')) return walk(&root_, key, throws_on_missing);
  // One dot is the container of the interpolation; each further one the container of that.
  const Place* container = active_.empty() ? &root_ : active_.back()->parent;
  size_t dots = 1;
  for (; dots < key.size() && key[dots] == '.'; ++dots) {
    container = container->parent;
    if (container == nullptr) fail(fmt::format("'{}' leads above the whole configuration", printable(key)));
  }
  return walk(container, std::string_view(key).substr(dots), throws_on_missing);
}

const Place* Interpolator::reference(const std::string& key) {
  const Place* place = nullptr;
  try {
    place = find(key, /*throws_on_missing=*/true);
  } catch (const Missing&) {
    throw MissingTarget(
        ExitCode::config,
        message_with_place(fmt::format("'{}' is a mandatory value that nobody has given", printable(key))));
  }
  if (place == nullptr) {
    const size_t dot = key.rfind('.');
    const Node* around = dot == key.npos || dot == 0 ? root_.node : root_.node->select(key.substr(0, dot));
    const std::string last = dot == key.npos ? key : key.substr(dot + 1);
    fail(fmt::format("interpolation key '{}' not found.{}", printable(key),
                     around == nullptr ? "" : did_you_mean(last, key_names(*around))));
  }
  for (const Place* above = active_.empty() ? nullptr : active_.back()->parent; above != nullptr;
       above = above->parent)
    if (above->node == place->node) fail(fmt::format("'{}' holds this interpolation itself", printable(key)));
  return place;
}

Node Interpolator::materialize_target(const Place* place) {
  const size_t outer = active_.size();
  const Place* target = nullptr;
  try {
    target = evaluate(place);
  } catch (const MissingTarget&) {
    active_.resize(outer);
    return Node("?\?\?", place->node->source());
  }
  Node result = materialize(target, /*is_final=*/true);
  if (result.source().where.empty()) result.set_source(place->node->source());
  return result;
}

Node Interpolator::materialize(const Place* place, bool is_final) {
  if (++depth_ > kDeepest) fail("the values nest without end");
  count(sizeof(Place) + sizeof(Node));
  Node result;
  if (place->node->is_interpolation() && !is_final) {
    result = materialize_target(place);
  } else if (place->node->is_dict()) {
    Node::Dict items;
    for (const auto& [key, value] : place->node->as_dict()) {
      const Place item{&value, place, key.text()};
      items.emplace_back(key, materialize(&places_.emplace_back(item), /*is_final=*/false));
    }
    result = Node(std::move(items), place->node->source());
  } else if (place->node->is_list()) {
    Node::List items;
    for (const Node& value : place->node->as_list()) {
      const Place item{&value, place, std::to_string(items.size())};
      items.push_back(materialize(&places_.emplace_back(item), /*is_final=*/false));
    }
    result = Node(std::move(items), place->node->source());
  } else {
    // A copy: many interpolations may name one long text.
    if (is_final && place->node->is_string()) count(place->node->as_string().size());
    result = *place->node;
  }
  --depth_;
  return result;
}

Node Interpolator::resolve() {
  finders_.clear();
  return materialize(&root_, /*is_final=*/false);
}

Node Interpolator::resolve(const Node& interpolation) {
  finders_.clear();
  return materialize(evaluate(&places_.emplace_back(Place{&interpolation, &root_, ""})), /*is_final=*/true);
}

std::optional<Node> Interpolator::resolve(std::string_view path) {
  finders_.clear();
  const Place* place = walk(&root_, path, /*throws_on_missing=*/false);
  if (place == nullptr || place->node->is_missing()) return std::nullopt;
  return materialize(place, /*is_final=*/true);
}

const Node* Interpolator::select(std::string_view path) {
  finders_.clear();
  const Place* place = walk(&root_, path, /*throws_on_missing=*/false);
  return place == nullptr ? nullptr : place->node;
}

const Node* Interpolator::container_behind(const Node& node, const std::vector<std::string>& parent_path) {
  finders_.clear();
  const Place* parent = &root_;
  for (const std::string& key : parent_path) parent = step(parent, key);
  try {
    const Place* target = evaluate(&places_.emplace_back(Place{&node, parent, ""}));
    return is_container(*target->node) ? target->node : nullptr;
  } catch (const BeyondBounds&) {
    throw;
  } catch (const Error&) {
    active_.clear();
    return nullptr;
  }
}

const Place* Interpolator::find_in_hydra(std::string_view path) {
  if (hydra_root_.node == nullptr)
    fail("${hydra:...} has no value here: Hydra's configuration is not composed");
  return walk(&hydra_root_, fmt::format("hydra.{}", path), /*throws_on_missing=*/false);
}

void Interpolator::warn(const std::string& message) {
  if (std::find(warnings_.begin(), warnings_.end(), message) == warnings_.end()) warnings_.push_back(message);
}

}  // namespace retort::config
