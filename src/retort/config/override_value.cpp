// SPDX-License-Identifier: MIT
#include "retort/config/override_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string escape(std::string_view text) {
  constexpr std::string_view kSpecial = "\\()[]{}:=, \t";
  // A lone backslash needs no escape, but Hydra escapes all or none of them: all, when anything is special.
  if (text.find_first_of(kSpecial) == text.npos) return std::string(text);
  std::string result;
  for (const char c : text) {
    if (kSpecial.find(c) != kSpecial.npos) result += '\\';
    result += c;
  }
  return result;
}

// Backslashes are doubled only where they stand before a quote or the end; elsewhere they are plain
// characters.
std::string with_quotes(const Text& text) {
  std::string result(1, text.quote);
  for (size_t i = 0; i < text.value.size();) {
    const size_t end = std::min(text.value.find_first_not_of('\\', i), text.value.size());
    const bool is_before_quote = end == text.value.size() || text.value[end] == text.quote;
    result.append((end - i) * (is_before_quote ? 2 : 1), '\\');
    if (end < text.value.size()) {
      if (text.value[end] == text.quote) result += '\\';
      result += text.value[end];
    }
    i = end + 1;
  }
  return result + text.quote;
}

/// The place of an element in an override. In a long one it is kept with its neighbourhood alone, of which a
/// message shows still less: a copy of the line for each of thousands of elements would take gigabytes.
Source place_in(const Source& whole, size_t position) {
  constexpr size_t kLong = 1000, kBefore = 64, kAfter = 48;  // a little more than caret_lines() shows
  if (whole.where.size() <= kLong) return {.where = whole.where, .column = static_cast<int>(position) + 1};
  const size_t begin = position > kBefore ? position - kBefore : 0;
  return {.where = whole.where.substr(begin, position - begin + kAfter),
          .column = static_cast<int>(position - begin) + 1};
}

Key to_key(const Element& key, const Source& source) {
  using Kind = Key::Kind;
  return std::visit(Overloaded{
                        [&](std::monostate) -> Key {
                          throw Error(ExitCode::config, fmt::format("{}: null cannot be a key{}",
                                                                    source.to_string(), source.caret()));
                        },
                        [](const Text& text) { return Key(text.value); },
                        [&](bool) { return Key(Kind::boolean, to_override_text(key)); },
                        [&](int64_t) { return Key(Kind::integer, to_override_text(key)); },
                        [&](double) { return Key(Kind::floating, to_override_text(key)); },
                        [](const auto&) -> Key { throw std::logic_error("a key is never a container"); },
                    },
                    key.value);
}

/// `around` is the place of what the element is in.
Node node_at(const Element& element, const Source& whole, const Source& around) {
  const Source source = element.position > 0 ? place_in(whole, element.position) : around;
  const auto list_node = [&](const std::vector<Element>& list) {
    Node::List nodes;
    for (const Element& item : list) nodes.push_back(node_at(item, whole, source));
    return Node(std::move(nodes), source);
  };
  return std::visit(Overloaded{
                        [&](std::monostate) { return Node(nullptr, source); },
                        [&](const Text& text) { return Node(text.value, source); },
                        [&](const Element::List& list) { return list_node(list); },
                        [&](const ListExtension& extension) { return list_node(extension.values); },
                        [&](const Element::Dict& dict) {
                          Node::Dict nodes;
                          for (const auto& [key, item] : dict) {
                            nodes.emplace_back(to_key(key, source), node_at(item, whole, source));
                          }
                          return Node(std::move(nodes), source);
                        },
                        [&](bool value) { return Node(value, source); },
                        [&](int64_t value) { return Node(value, source); },
                        [&](double value) { return Node(value, source); },
                        [](const auto&) -> Node { throw std::logic_error("a sweep is no value"); },
                    },
                    element.value);
}

}  // namespace

std::string describe(const Element& element) {
  return std::visit(Overloaded{
                        [](std::monostate) { return "null"; },
                        [](bool) { return "a boolean"; },
                        [](int64_t) { return "an integer"; },
                        [](double) { return "a float"; },
                        [](const Text&) { return "a string"; },
                        [](const Element::List&) { return "a list"; },
                        [](const Element::Dict&) { return "a dictionary"; },
                        [](const ChoiceSweep&) { return "a choice"; },
                        [](const RangeSweep&) { return "a range"; },
                        [](const IntervalSweep&) { return "an interval"; },
                        [](const GlobSweep&) { return "a glob"; },
                        [](const ListExtension&) { return "a list's extension"; },
                    },
                    element.value);
}

bool holds_sweep(const Element& element) {
  return std::visit(
      Overloaded{
          [](const Element::List& list) { return std::any_of(list.begin(), list.end(), holds_sweep); },
          [](const Element::Dict& dict) {
            return std::any_of(dict.begin(), dict.end(),
                               [](const auto& item) { return holds_sweep(item.second); });
          },
          [](const ChoiceSweep&) { return true; },
          [](const RangeSweep&) { return true; },
          [](const IntervalSweep&) { return true; },
          [](const GlobSweep&) { return true; },
          [](const ListExtension&) { return true; },
          [](const auto&) { return false; },
      },
      element.value);
}

std::string key_identity(const Element& key) {
  constexpr double kExact = 9007199254740992;  // up to 2^53 a double that is whole is that integer
  if (key.is<Text>()) return "'" + key.as<Text>().value;
  if (key.is<bool>()) return key.as<bool>() ? "1" : "0";
  if (key.is<double>() && std::abs(key.as<double>()) <= kExact &&
      std::trunc(key.as<double>()) == key.as<double>())
    return std::to_string(static_cast<int64_t>(key.as<double>()));
  return to_override_text(key);
}

std::string to_override_text(const Element& element) {
  return std::visit(
      Overloaded{
          [](std::monostate) -> std::string { return "null"; },
          [](bool value) -> std::string { return value ? "True" : "False"; },
          [](int64_t value) { return std::to_string(value); },
          [](double value) { return python_float(value); },
          [](const Text& text) { return text.quote == '\0' ? escape(text.value) : with_quotes(text); },
          [](const Element::List& list) {
            std::vector<std::string> parts;
            for (const Element& item : list) parts.push_back(to_override_text(item));
            return "[" + join(parts, ",") + "]";
          },
          [](const Element::Dict& dict) {
            std::vector<std::string> parts;
            for (const auto& [key, item] : dict)
              parts.push_back(to_override_text(key) + ":" + to_override_text(item));
            return "{" + join(parts, ",") + "}";
          },
          [](const ListExtension& extension) {
            std::vector<std::string> parts;
            for (const Element& item : extension.values) parts.push_back(to_override_text(item));
            return "extend_list(" + join(parts, ",") + ")";
          },
          [](const auto&) -> std::string { throw std::logic_error("a sweep has no override text"); },
      },
      element.value);
}

Node to_node(const Element& element, const Source& source) {
  const size_t position = source.column > 0 ? static_cast<size_t>(source.column) - 1 : 0;
  return node_at(element, source, place_in(source, position));
}

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const int exponent = std::atoi(std::string(text.substr(text.find('e') + 1)).c_str());
  if (exponent < -4 || exponent >= 16) return std::string(text);
  const auto fixed = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  std::string result(buffer, fixed);
  return result.find('.') == result.npos ? result + ".0" : result;
}

}  // namespace retort::config
