// SPDX-License-Identifier: MIT
#include "retort/config/override_sort.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <fmt/format.h>

#include "retort/config/override_call.h"

namespace retort::config {
namespace {

double as_double(const Element& element) {
  if (element.is<bool>()) return element.as<bool>() ? 1 : 0;
  return element.is<int64_t>() ? static_cast<double>(element.as<int64_t>()) : element.as<double>();
}

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

}  // namespace

bool is_number(const Element& element) {
  return element.is<bool>() || element.is<int64_t>() || element.is<double>();
}

void sort_values(std::vector<Element>& values, bool reverse) {
  if (values.size() < 2) return;
  if (std::any_of(values.begin(), values.end(), holds_nan)) throw CallError("sort() cannot compare nan");
  std::stable_sort(values.begin(), values.end(),
                   [&](const Element& a, const Element& b) { return reverse ? less(b, a) : less(a, b); });
}

void sort_range(RangeSweep& range, bool reverse) {
  const bool runs_wrong_way = reverse ? is_less(range.start, range.stop) : is_less(range.stop, range.start);
  if (!runs_wrong_way) return;
  const bool is_negative = is_less(range.step, int64_t{0});
  const Number size = is_negative ? negated(range.step) : range.step;
  const Number shift = reverse ? negated(size) : size;
  const Number start = add(range.stop, shift);
  range.stop = add(range.start, shift);
  range.start = start;
  range.step = negated(range.step);
}

}  // namespace retort::config
