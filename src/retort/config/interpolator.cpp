// SPDX-License-Identifier: MIT
#include "retort/config/interpolator.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <stdexcept>

#include <fmt/format.h>

#include "retort/config/python_text.h"
#include "retort/config/yaml_reader.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr size_t kDeepest = 100;  // interpolations that lead to interpolations, values in one another
constexpr size_t kMostProduced = 1 << 20;  // values and characters that interpolations may make

std::string full_key(const Place* place) {
  std::string key;
  for (; place != nullptr && place->parent != nullptr; place = place->parent) {
    const bool is_index = place->parent->node->is_list();
    const std::string part = is_index ? "[" + place->key + "]" : place->key;
    const bool needs_dot = !key.empty() && key[0] != '[';
    key = part + (needs_dot ? "." : "") + key;
  }
  return key;
}

bool is_container(const Node& node) { return node.is_list() || node.is_dict(); }

std::vector<std::string> key_names(const Node& dict) {
  std::vector<std::string> names;
  if (dict.is_dict())
    for (const auto& [key, value] : dict.as_dict()) names.push_back(key.text());
  return names;
}

// Python's strftime, with its %f.
std::string format_time(std::chrono::system_clock::time_point time, std::string format) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  for (size_t at = format.find('%'); at != format.npos && at + 1 < format.size();
       at = format.find('%', at + 2))
    if (format[at + 1] == 'f') format.replace(at, 2, fmt::format("{:06}", microseconds));
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 512> buffer{};
  return std::string(buffer.data(), std::strftime(buffer.data(), buffer.size(), format.c_str(), &parts));
}

}  // namespace

Interpolator::Interpolator(const Node& root, const Node* hydra_root, Time now)
    : root_{&root, nullptr, ""}, hydra_root_{hydra_root, nullptr, ""}, now_(now) {}

class Interpolator::MissingTarget : public Error {
 public:
  using Error::Error;
};

std::string Interpolator::message_with_place(const std::string& message) const {
  if (active_.empty()) return message;
  const Place* place = active_.front();
  const std::string where = place->node->source().to_string();
  return fmt::format("{}={}{}: {}{}", full_key(place), printable(place->node->as_string()),
                     where.empty() ? "" : " (" + where + ")", message, place->node->source().caret());
}

void Interpolator::fail(const std::string& message) const {
  throw Error(ExitCode::config, message_with_place(message));
}

void Interpolator::count(size_t produced) {
  produced_ += produced;
  if (produced_ > kMostProduced) fail("the interpolations grow beyond all bounds");
}

const Place* Interpolator::keep(Node value) {
  count(value.is_string() ? 1 + value.as_string().size() : 1);
  const Place* parent = active_.empty() ? &root_ : active_.back()->parent;
  return &places_.emplace_back(Place{&values_.emplace_back(std::move(value)), parent, ""});
}

const Place* Interpolator::step(const Place* container, const std::string& key) {
  const Node* found = nullptr;
  if (container->node->is_dict()) {
    found = container->node->find(key);
  } else {
    size_t index = 0;
    const auto& list = container->node->as_list();
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error == std::errc{} && end == key.data() + key.size() && index < list.size()) found = &list[index];
  }
  return found == nullptr ? nullptr : &places_.emplace_back(Place{found, container, key});
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
  count(1);
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

Node Interpolator::resolve() { return materialize(&root_, /*is_final=*/false); }

std::optional<Node> Interpolator::resolve(std::string_view path) {
  const Place* place = walk(&root_, path, /*throws_on_missing=*/false);
  if (place == nullptr || place->node->is_missing()) return std::nullopt;
  return materialize(place, /*is_final=*/true);
}

const Node* Interpolator::select(std::string_view path) {
  const Place* place = walk(&root_, path, /*throws_on_missing=*/false);
  return place == nullptr ? nullptr : place->node;
}

const Node* Interpolator::container_behind(const Node& node, const std::vector<std::string>& parent_path) {
  const Place* parent = &root_;
  for (const std::string& key : parent_path) parent = step(parent, key);
  try {
    const Place* target = evaluate(&places_.emplace_back(Place{&node, parent, ""}));
    return is_container(*target->node) ? target->node : nullptr;
  } catch (const Error&) {
    active_.clear();
    return nullptr;
  }
}

// Resolvers.

const Place* Interpolator::call(const std::string& name, const Arguments& arguments) {
  struct Resolver {
    const char* name;
    size_t least, most;  // arguments
    const Place* (Interpolator::*function)(const Arguments&);
  };
  constexpr Resolver kResolvers[] = {
      {"oc.env", 1, 2, &Interpolator::env},
      {"oc.decode", 1, 1, &Interpolator::decode},
      {"oc.select", 1, 2, &Interpolator::select_or_default},
      {"oc.create", 1, 1, &Interpolator::create},
      {"oc.deprecated", 1, 2, &Interpolator::deprecated},
      {"oc.dict.keys", 1, 1, &Interpolator::dict_keys},
      {"oc.dict.values", 1, 1, &Interpolator::dict_values},
      {"now", 1, 1, &Interpolator::time},
      {"hydra", 1, 1, &Interpolator::hydra},
  };
  std::vector<std::string> names;
  for (const Resolver& resolver : kResolvers) {
    names.emplace_back(resolver.name);
    if (name != resolver.name) continue;
    if (arguments.size() < resolver.least || arguments.size() > resolver.most)
      fail(fmt::format("${{{}:...}} takes {} argument{}, not {}", name,
                       resolver.least == resolver.most
                           ? std::to_string(resolver.least)
                           : fmt::format("{} or {}", resolver.least, resolver.most),
                       resolver.most == 1 ? "" : "s", arguments.size()));
    return (this->*resolver.function)(arguments);
  }
  const std::string hint = did_you_mean(name, names);
  fail(fmt::format("there is no resolver '{}'{}", printable(name),
                   hint.empty() ? "; known: " + join(names, ", ") : "." + hint));
}

const std::string& Interpolator::text_argument(const Arguments& arguments, size_t index) const {
  const Node& node = *arguments[index]->node;
  if (!node.is_string()) fail(fmt::format("the resolver takes text, not {}", describe(node)));
  return node.as_string();
}

const Place* Interpolator::env(const Arguments& arguments) {
  const std::string& name = text_argument(arguments, 0);
  if (const char* value = std::getenv(name.c_str())) return keep(Node(value));
  if (arguments.size() == 1) fail(fmt::format("environment variable '{}' not found", printable(name)));
  const Node& otherwise = *arguments[1]->node;
  return otherwise.is_null() ? arguments[1] : keep(Node(python_str(otherwise)));
}

const Place* Interpolator::decode(const Arguments& arguments) {
  if (arguments[0]->node->is_null()) return arguments[0];
  // The text lives as long as the argument does; what is read is read now.
  return evaluate_element(text_argument(arguments, 0), *this);
}

const Place* Interpolator::select_or_default(const Arguments& arguments) {
  const Place* place = find(text_argument(arguments, 0), /*throws_on_missing=*/false);
  if (place != nullptr && !place->node->is_missing()) return place;
  return arguments.size() > 1 ? arguments[1] : keep(Node());
}

// Text is YAML, as for OmegaConf.create.
const Place* Interpolator::create(const Arguments& arguments) {
  const Node& node = *arguments[0]->node;
  if (node.is_null() || node.is_list() || node.is_dict()) return keep(node);
  return keep(read_yaml(text_argument(arguments, 0), "the text of oc.create"));
}

const Place* Interpolator::deprecated(const Arguments& arguments) {
  const std::string& key = text_argument(arguments, 0);
  const Place* target = find(key, /*throws_on_missing=*/false);
  const std::string old_key = full_key(active_.back());
  if (target == nullptr) fail(fmt::format("oc.deprecated: key not found: '{}'", printable(key)));
  std::string message = arguments.size() > 1
                            ? text_argument(arguments, 1)
                            : "'$OLD_KEY' is deprecated. Change your code and config to use '$NEW_KEY'";
  const auto substitute = [&](const std::string& name, const std::string& value) {
    for (const std::string& form : {"$" + name, "${" + name + "}"})
      for (size_t at = message.find(form); at != message.npos; at = message.find(form, at + value.size()))
        message.replace(at, form.size(), value);
  };
  substitute("OLD_KEY", old_key);
  substitute("NEW_KEY", full_key(target));
  if (std::find(warnings_.begin(), warnings_.end(), message) == warnings_.end()) warnings_.push_back(message);
  return target;
}

const Place* Interpolator::dict_argument(const Arguments& arguments) {
  const std::string& key = text_argument(arguments, 0);
  const Place* place = find(key, /*throws_on_missing=*/false);
  if (place == nullptr) fail(fmt::format("key not found: '{}'", printable(key)));
  if (!place->node->is_dict())
    fail(fmt::format("'{}' is {}, not a dictionary", printable(key), kind_name(*place->node)));
  return place;
}

const Place* Interpolator::dict_keys(const Arguments& arguments) {
  Node::List keys;
  for (const auto& [key, value] : dict_argument(arguments)->node->as_dict()) keys.emplace_back(key.text());
  return keep(Node(std::move(keys)));
}

// A list of interpolations, so that a value that changes with its place stays what it is; the list is one
// level further in.
const Place* Interpolator::dict_values(const Arguments& arguments) {
  const std::string& path = text_argument(arguments, 0);
  const std::string prefix = path.starts_with('.') ? "." + path : path;
  Node::List values;
  for (const auto& [key, value] : dict_argument(arguments)->node->as_dict())
    values.emplace_back(fmt::format("${{{}.{}}}", prefix, key.text()));
  return keep(Node(std::move(values)));
}

const Place* Interpolator::time(const Arguments& arguments) {
  return keep(Node(format_time(now_, text_argument(arguments, 0))));
}

const Place* Interpolator::hydra(const Arguments& arguments) {
  if (hydra_root_.node == nullptr)
    fail("${hydra:...} has no value here: Hydra's configuration is not composed");
  const std::string path = "hydra." + text_argument(arguments, 0);
  const Place* place = walk(&hydra_root_, path, /*throws_on_missing=*/false);
  return place == nullptr || place->node->is_missing() ? keep(Node()) : place;
}

}  // namespace retort::config
