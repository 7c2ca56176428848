// SPDX-License-Identifier: MIT
#include "retort/config/reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "retort/config/key_hint.h"
#include "retort/config/key_schema.h"
#include "retort/config/override_value.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

std::string range_text(const Range& range) {
  std::vector<std::string> bounds;
  const auto add = [&](const char* words, const std::optional<double>& bound) {
    if (bound) bounds.push_back(fmt::format("{} {}", words, *bound));
  };
  add("at least", range.at_least);
  add("above", range.above);
  add("at most", range.at_most);
  add("below", range.below);
  return join(bounds, " and ");
}

std::string type_text(const char* kind, const Range& range) {
  const std::string bounds = range_text(range);
  return bounds.empty() ? kind : fmt::format("{}, {}", kind, bounds);
}

Node without(Node dict, const Key& key) {
  dict.erase(key);
  return dict;
}

// Nothing that is read has a use for infinity.
bool is_within(double value, const Range& range) {
  return std::isfinite(value) && (!range.at_least || value >= *range.at_least) &&
         (!range.above || value > *range.above) && (!range.at_most || value <= *range.at_most) &&
         (!range.below || value < *range.below);
}

}  // namespace

Reader::Reader(const Node& dict, std::string path) : dict_(&dict), path_(std::move(path)) {
  if (dict.is_dict()) return;
  throw Error(ExitCode::config,
              fmt::format("{}={}{}: expected a dictionary of options{}", path_.empty() ? "config" : path_,
                          describe(dict), dict.source().in_parentheses(), dict.source().caret()));
}

bool Reader::has(std::string_view key) const {
  const Node* found = dict_->find(key);
  return found != nullptr && !found->is_null();
}

std::string Reader::full_key(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Reader::fail(std::string_view key, const std::string& message) const {
  throw Error(ExitCode::config, failure(key, message));
}

std::string Reader::failure(std::string_view key, const std::string& message) const {
  const Node* found = dict_->find(key);
  const Source& source = (found != nullptr ? *found : *dict_).source();
  return fmt::format("{}{}{}: {}{}", full_key(key), found != nullptr ? "=" + describe(*found) : "",
                     source.in_parentheses(), message, source.caret());
}

const Node& Reader::node(std::string_view key) {
  known_.emplace(key);
  const Node* found = dict_->find(key);
  if (found == nullptr) {
    const std::string place = dict_->source().to_string();
    throw Error(ExitCode::config, fmt::format("{} is missing{}; add it with +{}=VALUE", full_key(key),
                                              place.empty() ? "" : " in " + place, full_key(key)));
  }
  if (found->is_missing())
    throw MissingValue(ExitCode::config,
                       failure(key, fmt::format("this value must be given: {}=VALUE", full_key(key))));
  return *found;
}

Reader Reader::child(std::string_view key) {
  const Node& found = node(key);
  return Reader(found, full_key(key));
}

void Reader::ignore(std::string_view key) { known_.emplace(key); }

void Reader::note(std::string_view key, std::string type, std::vector<std::string> choices) const {
  KeyRecorder::note(full_key(key), {.type = std::move(type), .choices = std::move(choices)});
}

bool Reader::boolean(std::string_view key) {
  note(key, "true or false", {"true", "false"});
  const Node& found = node(key);
  if (!found.is_bool()) fail(key, fmt::format("expected true or false, found {}", describe(found)));
  return found.as_bool();
}

int64_t Reader::to_integer(std::string_view key, const Node& value, const Range& range) const {
  if (!value.is_int()) fail(key, fmt::format("expected an integer, found {}", describe(value)));
  check_range(key, static_cast<double>(value.as_int()), value, range);
  return value.as_int();
}

double Reader::to_number(std::string_view key, const Node& value, const Range& range) const {
  if (!value.is_int() && !value.is_float())
    fail(key, fmt::format("expected a number, found {}", describe(value)));
  const double number = value.is_int() ? static_cast<double>(value.as_int()) : value.as_float();
  check_range(key, number, value, range);
  return number;
}

std::string Reader::to_text(std::string_view key, const Node& value) const {
  if (value.is_int()) return fmt::format("{}", value.as_int());
  if (value.is_float()) return python_float(value.as_float());
  if (!value.is_string()) fail(key, fmt::format("expected text, found {}", describe(value)));
  return value.as_string();
}

void Reader::check_range(std::string_view key, double number, const Node& value, const Range& range) const {
  if (is_within(number, range)) return;
  const std::string bounds = range_text(range);
  fail(key, fmt::format("{} must be {}", describe(value), bounds.empty() ? "a finite number" : bounds));
}

int64_t Reader::integer(std::string_view key, Range range) {
  note(key, type_text("an integer", range));
  return to_integer(key, node(key), range);
}

double Reader::number(std::string_view key, Range range) {
  note(key, type_text("a number", range));
  return to_number(key, node(key), range);
}

std::string Reader::text(std::string_view key) {
  note(key, "text");
  return to_text(key, node(key));
}

std::string Reader::choice(std::string_view key, const std::vector<std::string>& names) {
  note(key, fmt::format("one of {}", join(names, ", ")), names);
  std::string name = to_text(key, node(key));
  if (std::find(names.begin(), names.end(), name) == names.end())
    fail(key, fmt::format("expected one of {}.{}", join(names, ", "), did_you_mean(name, names)));
  return name;
}

template <class Convert>
auto Reader::to_vector(std::string_view key, Convert convert) {
  const Node& found = node(key);
  std::vector<decltype(convert(found))> values;
  if (!found.is_list()) {
    values.push_back(convert(found));
    return values;
  }
  for (const Node& item : found.as_list()) values.push_back(convert(item));
  return values;
}

std::vector<int64_t> Reader::integers(std::string_view key, Range range) {
  note(key, type_text("integers", range));
  return to_vector(key, [&](const Node& item) { return to_integer(key, item, range); });
}

std::vector<double> Reader::numbers(std::string_view key, Range range) {
  note(key, type_text("numbers", range));
  return to_vector(key, [&](const Node& item) { return to_number(key, item, range); });
}

std::vector<std::string> Reader::texts(std::string_view key) {
  note(key, "text, or a list of it");
  return to_vector(key, [&](const Node& item) { return to_text(key, item); });
}

std::optional<bool> Reader::optional_boolean(std::string_view key) {
  ignore(key);
  if (has(key)) return boolean(key);
  note(key, "true, false or null", {"true", "false"});
  return std::nullopt;
}

std::optional<int64_t> Reader::optional_integer(std::string_view key, Range range) {
  ignore(key);
  note(key, type_text("an integer, or null", range));
  return has(key) ? std::optional(to_integer(key, node(key), range)) : std::nullopt;
}

std::optional<double> Reader::optional_number(std::string_view key, Range range) {
  ignore(key);
  note(key, type_text("a number, or null", range));
  return has(key) ? std::optional(to_number(key, node(key), range)) : std::nullopt;
}

std::optional<std::string> Reader::optional_text(std::string_view key) {
  ignore(key);
  note(key, "text, or null");
  return has(key) ? std::optional(to_text(key, node(key))) : std::nullopt;
}

void Reader::finish() const {
  const std::vector<std::string> names(known_.begin(), known_.end());
  for (const auto& [key, value] : dict_->as_dict()) {
    if (known_.contains(key.text())) continue;
    std::string hint = did_you_mean(key.text(), names);
    if (hint.empty()) hint = key_hint(without(*dict_, key), key.text());
    fail(key.text(), "no such option" + (hint.empty() ? "; known here: " + join(names, ", ") : "." + hint));
  }
}

}  // namespace retort::config
