// SPDX-License-Identifier: MIT
#include "retort/config/override_function.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "retort/config/override_cast.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

// The arguments of one call, handed out by position or name as Python binds them.
class Arguments {
 public:
  // `names` are the parameters in order; `takes_any` says that positions bind to no name (Python's *args).
  Arguments(OverrideCall call, std::vector<std::string> names, bool takes_any)
      : call_(std::move(call)), names_(std::move(names)) {
    for (const auto& [name, value] : call_.named_arguments)
      if (std::find(names_.begin(), names_.end(), name) == names_.end())
        throw CallError(
            fmt::format("{}() has no argument '{}'.{}", call_.name, name, did_you_mean(name, names_)));
    if (takes_any) return;
    if (call_.arguments.size() > names_.size())
      throw CallError(fmt::format("{}() takes at most {} arguments", call_.name, names_.size()));
    for (size_t i = 0; i < call_.arguments.size(); ++i) {
      if (find(names_[i]) != nullptr)
        throw CallError(fmt::format("{}() got two values for '{}'", call_.name, names_[i]));
      call_.named_arguments.emplace_back(names_[i], std::move(call_.arguments[i]));
    }
  }

  std::vector<Element>& positional() { return call_.arguments; }

  // A name written twice counts with its last value.
  const Element* find(std::string_view name) const {
    const auto& named = call_.named_arguments;
    const auto found =
        std::find_if(named.rbegin(), named.rend(), [&](const auto& item) { return item.first == name; });
    return found == named.rend() ? nullptr : &found->second;
  }

  // Null stands for an argument that was left out.
  const Element* find_given(std::string_view name) const {
    const Element* element = find(name);
    return element == nullptr || element->is_null() ? nullptr : element;
  }

  // shuffle() and sort() take what they work on by name too: it then stands alone.
  void move_named_to_positional() {
    const Element* sweep = find_given("sweep");
    if (sweep != nullptr && !sweep->is<ChoiceSweep>() && !sweep->is<RangeSweep>())
      refuse(*sweep, "a choice() or range() for 'sweep'");
    const Element* list = find_given("list");
    if (list != nullptr && !list->is<Element::List>()) refuse(*list, "a list for 'list'");
    if (sweep != nullptr) call_.arguments = {*sweep};
    if (list != nullptr) call_.arguments = {*list};
  }

  const Element& get(std::string_view name) const {
    const Element* element = find(name);
    if (element == nullptr) throw CallError(fmt::format("{}() needs '{}'", call_.name, name));
    return *element;
  }

  [[noreturn]] void refuse(const Element& element, std::string_view expected) const {
    throw CallError(fmt::format("{}() takes {}, not {}", call_.name, expected, describe(element)));
  }

 private:
  OverrideCall call_;
  std::vector<std::string> names_;
};

bool is_sweep(const Element& element) {
  return element.is<ChoiceSweep>() || element.is<RangeSweep>() || element.is<IntervalSweep>();
}

bool is_value(const Element& element) { return !element.is_null() && !holds_sweep(element); }

Number number(const Arguments& arguments, const Element& element) {
  if (element.is<int64_t>()) return element.as<int64_t>();
  if (element.is<double>()) return element.as<double>();
  if (element.is<bool>()) return int64_t{element.as<bool>()};  // Python's booleans are integers
  arguments.refuse(element, "numbers");
}

Element choice(OverrideCall call) {
  Arguments arguments(std::move(call), {}, /*takes_any=*/true);
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
  const Arguments arguments(std::move(call), {"start", "stop", "step"}, /*takes_any=*/false);
  const Number first = number(arguments, arguments.get("start"));
  const Element* stop = arguments.find_given("stop");
  const Element* step = arguments.find("step");
  return {RangeSweep{.start = stop != nullptr ? first : Number(int64_t{0}),
                     .stop = stop != nullptr ? number(arguments, *stop) : first,
                     .step = step != nullptr ? number(arguments, *step) : Number(int64_t{1})}};
}

Element interval(OverrideCall call) {
  const Arguments arguments(std::move(call), {"start", "end"}, /*takes_any=*/false);
  number(arguments, arguments.get("start"));
  number(arguments, arguments.get("end"));
  return {IntervalSweep{}};
}

std::vector<std::string> patterns(const Arguments& arguments, const Element& element) {
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
  const Arguments arguments(std::move(call), {"include", "exclude"}, /*takes_any=*/false);
  GlobSweep sweep{.include = patterns(arguments, arguments.get("include")), .exclude = {}};
  if (const Element* exclude = arguments.find_given("exclude")) sweep.exclude = patterns(arguments, *exclude);
  return {std::move(sweep)};
}

// Tags serve sweepers that search; ours checks and drops them.
Element tag(OverrideCall call) {
  Arguments arguments(std::move(call), {"sweep"}, /*takes_any=*/true);
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
  Arguments arguments(std::move(call), {"sweep", "list"}, /*takes_any=*/true);
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

double as_double(const Element& element) {
  if (element.is<bool>()) return element.as<bool>() ? 1 : 0;
  return element.is<int64_t>() ? static_cast<double>(element.as<int64_t>()) : element.as<double>();
}

bool is_number(const Element& element) {
  return element.is<bool>() || element.is<int64_t>() || element.is<double>();
}

// Python's order, as far as it has one: numbers, bare text, and lists item by item.
bool less(const Element& a, const Element& b) {
  if (is_number(a) && is_number(b)) {
    if (a.is<int64_t>() && b.is<int64_t>()) return a.as<int64_t>() < b.as<int64_t>();
    return as_double(a) < as_double(b);
  }
  const auto is_bare_text = [](const Element& element) {
    return element.is<Text>() && element.as<Text>().quote == '\0';
  };
  if (is_bare_text(a) && is_bare_text(b)) return a.as<Text>().value < b.as<Text>().value;
  if (a.is<Element::List>() && b.is<Element::List>()) {
    const auto &left = a.as<Element::List>(), &right = b.as<Element::List>();
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(), less);
  }
  throw CallError(fmt::format("sort() cannot compare {} with {}", describe(a), describe(b)));
}

bool holds_nan(const Element& element) {
  if (element.is<Element::List>())
    return std::any_of(element.as<Element::List>().begin(), element.as<Element::List>().end(), holds_nan);
  return element.is<double>() && std::isnan(element.as<double>());
}

void sort_values(std::vector<Element>& values, bool reverse) {
  if (values.size() < 2) return;
  if (std::any_of(values.begin(), values.end(), holds_nan)) throw CallError("sort() cannot compare nan");
  std::stable_sort(values.begin(), values.end(),
                   [&](const Element& a, const Element& b) { return reverse ? less(b, a) : less(a, b); });
}

Number add(const Number& a, const Number& b) {
  return std::visit(
      [](auto x, auto y) -> Number {
        if constexpr (std::is_same_v<decltype(x), int64_t> && std::is_same_v<decltype(y), int64_t>) {
          int64_t sum = 0;
          if (__builtin_add_overflow(x, y, &sum))
            throw CallError("the bounds of the range do not fit in 64 bits");
          return sum;
        } else {
          return static_cast<double>(x) + static_cast<double>(y);
        }
      },
      a, b);
}

bool is_less(const Number& a, const Number& b) {
  return std::visit([](auto x, auto y) { return static_cast<double>(x) < static_cast<double>(y); }, a, b);
}

Number negated(const Number& a) {
  return std::visit(
      [](auto x) -> Number {
        if constexpr (std::is_same_v<decltype(x), int64_t>)
          if (x == INT64_MIN) throw CallError("the step of the range does not fit in 64 bits");
        return -x;
      },
      a);
}

// A range that runs the other way is turned round: its last value, as the bounds tell it, becomes the first.
void sort_range(RangeSweep& range_sweep, bool reverse) {
  const bool runs_wrong_way =
      reverse ? is_less(range_sweep.start, range_sweep.stop) : is_less(range_sweep.stop, range_sweep.start);
  if (!runs_wrong_way) return;
  const bool is_negative = is_less(range_sweep.step, int64_t{0});
  const Number size = is_negative ? negated(range_sweep.step) : range_sweep.step;
  const Number shift = reverse ? negated(size) : size;
  const Number start = add(range_sweep.stop, shift);
  range_sweep.stop = add(range_sweep.start, shift);
  range_sweep.start = start;
  range_sweep.step = negated(range_sweep.step);
}

Element sort(OverrideCall call) {
  Arguments arguments(std::move(call), {"sweep", "list", "reverse"}, /*takes_any=*/true);
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
  Arguments arguments(std::move(call), {}, /*takes_any=*/true);
  for (const Element& value : arguments.positional())
    if (holds_sweep(value)) arguments.refuse(value, "values");
  return {ListExtension{std::move(arguments.positional())}};
}

// One value, or several: then each is cast, and together they are a sweep.
template <Element (*cast)(const Element&)>
Element apply_cast(OverrideCall call) {
  Arguments arguments(std::move(call), {"value"}, /*takes_any=*/true);
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
