// SPDX-License-Identifier: MIT
#include "retort/config/override_function.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "retort/config/override_cast.h"
#include "retort/config/override_sort.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

bool is_sweep(const Element& element) {
  return element.is<ChoiceSweep>() || element.is<RangeSweep>() || element.is<IntervalSweep>();
}

bool is_value(const Element& element) { return !element.is_null() && !holds_sweep(element); }

Number number(const CallArguments& arguments, const Element& element) {
  if (element.is<int64_t>()) return element.as<int64_t>();
  if (element.is<double>()) return element.as<double>();
  if (element.is<bool>()) return int64_t{element.as<bool>()};  // Python's booleans are integers
  arguments.refuse(element, "numbers");
}

Element choice(OverrideCall call) {
  CallArguments arguments(std::move(call), {}, /*takes_any=*/true);
  std::vector<Element>& values = arguments.positional();
  if (values.empty()) throw CallError("empty choice is not legal");
  if (values.size() == 1 && values[0].is<ChoiceSweep>()) {
    ChoiceSweep sweep = values[0].as<ChoiceSweep>();
    if (!sweep.is_simple) throw CallError("nesting choices is not supported");
    sweep.is_simple = false;
    return {std::move(sweep)};
  }
  for (const Element& value : values)
    if (!is_value(value)) arguments.refuse(value, "values");
  return {ChoiceSweep{.values = std::move(values)}};
}

Element range(OverrideCall call) {
  const CallArguments arguments(std::move(call), {"start", "stop", "step"}, /*takes_any=*/false);
  const Number first = number(arguments, arguments.get("start"));
  const Element* stop = arguments.find_given("stop");
  const Element* step = arguments.find("step");
  return {RangeSweep{.start = stop != nullptr ? first : Number(int64_t{0}),
                     .stop = stop != nullptr ? number(arguments, *stop) : first,
                     .step = step != nullptr ? number(arguments, *step) : Number(int64_t{1})}};
}

Element interval(OverrideCall call) {
  const CallArguments arguments(std::move(call), {"start", "end"}, /*takes_any=*/false);
  number(arguments, arguments.get("start"));
  number(arguments, arguments.get("end"));
  return {IntervalSweep{}};
}

std::vector<std::string> patterns(const CallArguments& arguments, const Element& element) {
  if (element.is<Text>()) return {element.as<Text>().value};
  if (!element.is<Element::List>()) arguments.refuse(element, "patterns");
  std::vector<std::string> result;
  for (const Element& item : element.as<Element::List>()) {
    if (!item.is<Text>()) arguments.refuse(item, "patterns");
    result.push_back(item.as<Text>().value);
  }
  return result;
}

Element glob(OverrideCall call) {
  const CallArguments arguments(std::move(call), {"include", "exclude"}, /*takes_any=*/false);
  GlobSweep sweep{.include = patterns(arguments, arguments.get("include")), .exclude = {}};
  if (const Element* exclude = arguments.find_given("exclude")) sweep.exclude = patterns(arguments, *exclude);
  return {std::move(sweep)};
}

// Tags serve sweepers that search; ours checks and drops them.
Element tag(OverrideCall call) {
  CallArguments arguments(std::move(call), {"sweep"}, /*takes_any=*/true);
  std::vector<Element>& values = arguments.positional();
  if (values.empty()) throw CallError("Not enough arguments to tag, must take at least a sweep");
  if (const Element* sweep = arguments.find_given("sweep")) values.push_back(*sweep);
  for (size_t i = 0; i + 1 < values.size(); ++i)
    if (!values[i].is<Text>()) arguments.refuse(values[i], "strings before the sweep");
  if (!is_sweep(values.back()))
    arguments.refuse(values.back(), "a choice(), range() or interval() at its end");
  return std::move(values.back());
}

Element shuffle(OverrideCall call) {
  CallArguments arguments(std::move(call), {"sweep", "list"}, /*takes_any=*/true);
  arguments.move_named_to_positional();
  std::vector<Element>& values = arguments.positional();
  for (const Element& value : values)
    if (!is_value(value) && !(values.size() == 1 && (value.is<ChoiceSweep>() || value.is<RangeSweep>())))
      arguments.refuse(value, "values, or one choice() or range()");

  if (values.size() != 1)
    return {ChoiceSweep{.values = std::move(values), .is_simple = true, .shuffle = true}};
  Element& only = values[0];
  if (auto* sweep = std::get_if<ChoiceSweep>(&only.value)) {
    sweep->shuffle = true;
  } else if (auto* range_sweep = std::get_if<RangeSweep>(&only.value)) {
    range_sweep->shuffle = true;
  } else if (auto* list = std::get_if<Element::List>(&only.value)) {
    std::shuffle(list->begin(), list->end(), std::mt19937_64(std::random_device{}()));
  } else {
    return {Element::List{std::move(only)}};
  }
  return std::move(only);
}

Element sort(OverrideCall call) {
  CallArguments arguments(std::move(call), {"sweep", "list", "reverse"}, /*takes_any=*/true);
  arguments.move_named_to_positional();
  bool reverse = false;
  if (const Element* element = arguments.find("reverse")) {
    if (!element->is<bool>()) arguments.refuse(*element, "true or false for 'reverse'");
    reverse = element->as<bool>();
  }
  std::vector<Element>& values = arguments.positional();

  if (values.empty()) throw CallError("empty sort input");
  if (values.size() > 1) {
    for (const Element& value : values)
      if (!is_number(value) && !value.is<Text>())
        arguments.refuse(value, "several numbers or strings, or one list");
    sort_values(values, reverse);
    return {ChoiceSweep{.values = std::move(values), .is_simple = true}};
  }
  Element& only = values[0];
  if (auto* sweep = std::get_if<ChoiceSweep>(&only.value)) {
    sort_values(sweep->values, reverse);
  } else if (auto* range_sweep = std::get_if<RangeSweep>(&only.value)) {
    sort_range(*range_sweep, reverse);
  } else if (auto* list = std::get_if<Element::List>(&only.value)) {
    sort_values(*list, reverse);
  } else if (!is_value(only)) {
    arguments.refuse(only, "values, or one choice() or range()");
  }
  return std::move(only);
}

Element extend_list(OverrideCall call) {
  CallArguments arguments(std::move(call), {}, /*takes_any=*/true);
  for (const Element& value : arguments.positional())
    if (holds_sweep(value)) arguments.refuse(value, "values");
  return {ListExtension{std::move(arguments.positional())}};
}

// One value, or several: then each is cast, and together they are a sweep.
template <Element (*cast)(const Element&)>
Element apply_cast(OverrideCall call) {
  CallArguments arguments(std::move(call), {"value"}, /*takes_any=*/true);
  std::vector<Element>& values = arguments.positional();
  if (const Element* value = arguments.find_given("value")) {
    if (!values.empty()) throw CallError("cannot use both position and named arguments");
    values = {*value};
  }
  if (values.empty()) throw CallError("no value to cast");
  if (values.size() == 1) return cast(values[0]);
  for (const Element& value : values)
    if (holds_sweep(value)) arguments.refuse(value, "several values, or one sweep");
  return cast({ChoiceSweep{.values = std::move(values), .is_simple = true}});
}

struct Function {
  const char* name;
  Element (*call)(OverrideCall);
};

constexpr Function kFunctions[] = {
    {"bool", apply_cast<cast_to_boolean>},
    {"choice", choice},
    {"extend_list", extend_list},
    {"float", apply_cast<cast_to_float>},
    {"glob", glob},
    {"int", apply_cast<cast_to_integer>},
    {"interval", interval},
    {"json_str", apply_cast<cast_to_json>},
    {"range", range},
    {"shuffle", shuffle},
    {"sort", sort},
    {"str", apply_cast<cast_to_text>},
    {"tag", tag},
};

}  // namespace

std::vector<std::string> override_function_names() {
  std::vector<std::string> names;
  for (const Function& function : kFunctions) names.emplace_back(function.name);
  return names;
}

Element call_override_function(OverrideCall call) {
  const auto function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                     [&](const Function& known) { return call.name == known.name; });
  if (function == std::end(kFunctions)) {
    const std::vector<std::string> names = override_function_names();
    throw CallError(fmt::format("Unknown function '{}'. Available: {}.{}", call.name, join(names, ", "),
                                did_you_mean(call.name, names)));
  }
  // A quoted argument is its text; only inside lists and dictionaries do quotes stay.
  for (Element& argument : call.arguments)
    if (auto* text = std::get_if<Text>(&argument.value)) text->quote = '\0';
  for (auto& [name, argument] : call.named_arguments)
    if (auto* text = std::get_if<Text>(&argument.value)) text->quote = '\0';
  return function->call(std::move(call));
}

}  // namespace retort::config
