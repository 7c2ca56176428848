// SPDX-License-Identifier: MIT
#include "retort/config/resolver.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "retort/config/python_text.h"
#include "retort/config/yaml_reader.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

using Arguments = std::vector<const Place*>;

// Python's strftime, with its %f.
std::string format_time(std::chrono::system_clock::time_point time, const std::string& format) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  std::string c_format;
  for (size_t i = 0; i < format.size(); ++i) {
    const std::string_view directive = std::string_view(format).substr(i, format[i] == '%' ? 2 : 1);
    c_format += directive == "%f" ? fmt::format("{:06}", microseconds) : std::string(directive);
    i += directive.size() - 1;
  }
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  constexpr size_t kLongest = 64;  // that a directive becomes
  std::string text((c_format.size() + 1) * kLongest / 2, '\0');
  text.resize(std::strftime(text.data(), text.size(), c_format.c_str(), &parts));
  return text;
}

const std::string& text_argument(const Arguments& arguments, size_t index, const ResolverContext& context) {
  const Node& node = *arguments[index]->node;
  if (!node.is_string()) context.fail(fmt::format("the resolver takes text, not {}", describe(node)));
  return node.as_string();
}

const Node::Dict& dict_argument(const Arguments& arguments, ResolverContext& context) {
  const std::string& key = text_argument(arguments, 0, context);
  const Place* place = context.find(key);
  if (place == nullptr) context.fail(fmt::format("key not found: '{}'", printable(key)));
  if (!place->node->is_dict())
    context.fail(fmt::format("'{}' is {}, not a dictionary", printable(key), kind_name(*place->node)));
  return place->node->as_dict();
}

const Place* env(const Arguments& arguments, ResolverContext& context) {
  const std::string& name = text_argument(arguments, 0, context);
  if (const char* value = std::getenv(name.c_str())) return context.keep(Node(value));
  if (arguments.size() == 1)
    context.fail(fmt::format("environment variable '{}' not found", printable(name)));
  const Node& otherwise = *arguments[1]->node;
  return otherwise.is_null() ? arguments[1] : context.keep(Node(python_str(otherwise)));
}

const Place* decode(const Arguments& arguments, ResolverContext& context) {
  if (arguments[0]->node->is_null()) return arguments[0];
  // The text lives as long as the argument does; what is read is read now.
  return evaluate_element(text_argument(arguments, 0, context), context);
}

const Place* select(const Arguments& arguments, ResolverContext& context) {
  const Place* place = context.find(text_argument(arguments, 0, context));
  if (place != nullptr && !place->node->is_missing()) return place;
  return arguments.size() > 1 ? arguments[1] : context.keep(Node());
}

// Text is YAML, as for OmegaConf.create.
const Place* create(const Arguments& arguments, ResolverContext& context) {
  const Node& node = *arguments[0]->node;
  if (node.is_null() || node.is_list() || node.is_dict()) return context.keep(node);
  return context.keep(read_yaml(text_argument(arguments, 0, context), "the text of oc.create"));
}

const Place* deprecated(const Arguments& arguments, ResolverContext& context) {
  const std::string& key = text_argument(arguments, 0, context);
  const Place* target = context.find(key);
  const std::string old_key = context.current_key();
  if (target == nullptr) context.fail(fmt::format("oc.deprecated: key not found: '{}'", printable(key)));
  std::string message = arguments.size() > 1
                            ? text_argument(arguments, 1, context)
                            : "'$OLD_KEY' is deprecated. Change your code and config to use '$NEW_KEY'";
  const auto substitute = [&](const std::string& name, const std::string& value) {
    for (const std::string& form : {"$" + name, "${" + name + "}"})
      for (size_t at = message.find(form); at != message.npos; at = message.find(form, at + value.size()))
        message.replace(at, form.size(), value);
  };
  substitute("OLD_KEY", old_key);
  substitute("NEW_KEY", full_key(target));
  context.warn(message);
  return target;
}

Node to_node(const Key& key) {
  switch (key.kind()) {
    case Key::Kind::integer:
      return Node(static_cast<int64_t>(std::strtoll(key.text().c_str(), nullptr, 10)));
    case Key::Kind::floating:
      return Node(std::strtod(key.text().c_str(), nullptr));
    case Key::Kind::boolean:
      return Node(key.text() == "True");
    default:
      return Node(key.text());
  }
}

const Place* dict_keys(const Arguments& arguments, ResolverContext& context) {
  Node::List keys;
  for (const auto& [key, value] : dict_argument(arguments, context)) keys.push_back(to_node(key));
  return context.keep(Node(std::move(keys)));
}

// A list of interpolations, so that a value that changes with its place stays what it is; the list is one
// level further in.
const Place* dict_values(const Arguments& arguments, ResolverContext& context) {
  const std::string& path = text_argument(arguments, 0, context);
  const std::string prefix = path.starts_with('.') ? "." + path : path;
  Node::List values;
  for (const auto& [key, value] : dict_argument(arguments, context))
    values.emplace_back(fmt::format("${{{}.{}}}", prefix, key.text()));
  return context.keep(Node(std::move(values)));
}

const Place* now(const Arguments& arguments, ResolverContext& context) {
  return context.keep(Node(format_time(context.now(), text_argument(arguments, 0, context))));
}

const Place* hydra(const Arguments& arguments, ResolverContext& context) {
  const Place* place = context.find_in_hydra(text_argument(arguments, 0, context));
  return place == nullptr || place->node->is_missing() ? context.keep(Node()) : place;
}

struct Resolver {
  const char* name;
  size_t least, most;  // arguments
  const Place* (*call)(const Arguments&, ResolverContext&);
};

constexpr Resolver kResolvers[] = {
    {"oc.env", 1, 2, env},
    {"oc.decode", 1, 1, decode},
    {"oc.select", 1, 2, select},
    {"oc.create", 1, 1, create},
    {"oc.deprecated", 1, 2, deprecated},
    {"oc.dict.keys", 1, 1, dict_keys},
    {"oc.dict.values", 1, 1, dict_values},
    {"now", 1, 1, now},
    {"hydra", 1, 1, hydra},
};

}  // namespace

const Place* call_resolver(const std::string& name, const Arguments& arguments, ResolverContext& context) {
  const auto resolver = std::find_if(std::begin(kResolvers), std::end(kResolvers),
                                     [&](const Resolver& known) { return name == known.name; });
  if (resolver == std::end(kResolvers)) {
    std::vector<std::string> names;
    for (const Resolver& known : kResolvers) names.emplace_back(known.name);
    const std::string hint = did_you_mean(name, names);
    context.fail(fmt::format("there is no resolver '{}'{}", printable(name),
                             hint.empty() ? "; known: " + join(names, ", ") : "." + hint));
  }
  const size_t least = resolver->least, most = resolver->most;
  if (arguments.size() < least || arguments.size() > most)
    context.fail(fmt::format("${{{}:...}} takes {} argument{}, not {}", name,
                             least == most ? std::to_string(least) : fmt::format("{} or {}", least, most),
                             most == 1 ? "" : "s", arguments.size()));
  return resolver->call(arguments, context);
}

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

}  // namespace retort::config
