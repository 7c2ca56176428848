// SPDX-License-Identifier: MIT
#include "retort/config/override_cast.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "retort/config/override_call.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

[[noreturn]] void refuse(const Element& element, std::string_view target) {
  const bool is_text = element.is<Text>();
  throw CallError(fmt::format("cannot cast {}{} to {}", describe(element),
                              is_text ? " '" + printable(element.as<Text>().value) + "'" : "", target));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

std::string stripped(const std::string& text) {
  constexpr const char* kSpace = " \t\n\v\f\r";
  const size_t begin = text.find_first_not_of(kSpace);
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Python takes single underscores between digits; nothing is left of a text that has others.
std::string without_underscores(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_')
      result += text[i];
    else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1]))
      return "";
  }
  return result;
}

// int() of a string: an optional sign and decimal digits, zeros may lead.
int64_t parse_integer(const Element& element) {
  std::string text = without_underscores(stripped(element.as<Text>().value));
  if (text.starts_with('+') && text.size() > 1 && is_digit(text[1])) text.erase(0, 1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    throw CallError(fmt::format("{} does not fit in 64 bits", printable(text)));
  if (error != std::errc() || end != text.data() + text.size()) refuse(element, "int");
  return value;
}

// float() of a string: decimal notation only, "inf" and "nan" in any case.
double parse_float(const Element& element) {
  const std::string text = lower(without_underscores(stripped(element.as<Text>().value)));
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  const std::string magnitude = text.substr(has_sign ? 1 : 0);
  const bool is_word = magnitude == "inf" || magnitude == "infinity" || magnitude == "nan";
  if (!is_word && (magnitude.empty() || magnitude.find_first_not_of("0123456789.e+-") != magnitude.npos ||
                   magnitude.starts_with('+') || magnitude.starts_with('-')))
    refuse(element, "float");
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) refuse(element, "float");
  return value;
}

int64_t truncated(const Element& element) {
  const double value = element.as<double>();
  if (std::isnan(value) || std::isinf(value)) throw CallError("cannot cast inf or nan to int");
  if (std::abs(value) >= 9223372036854775808.0)
    throw CallError(fmt::format("{} does not fit in 64 bits", python_float(value)));
  return static_cast<int64_t>(value);
}

Element scalar_to_integer(const Element& element) {
  if (element.is<bool>()) return {int64_t{element.as<bool>()}};
  if (element.is<int64_t>()) return element;
  if (element.is<double>()) return {truncated(element)};
  if (element.is<Text>()) return {parse_integer(element)};
  refuse(element, "int");
}

Element scalar_to_float(const Element& element) {
  if (element.is<bool>()) return {element.as<bool>() ? 1.0 : 0.0};
  if (element.is<int64_t>()) return {static_cast<double>(element.as<int64_t>())};
  if (element.is<double>()) return element;
  if (element.is<Text>()) return {parse_float(element)};
  refuse(element, "float");
}

Element scalar_to_boolean(const Element& element) {
  if (element.is_null()) return {false};
  if (element.is<bool>()) return element;
  if (element.is<int64_t>()) return {element.as<int64_t>() != 0};
  if (element.is<double>()) return {element.as<double>() != 0};
  if (!element.is<Text>()) refuse(element, "bool");
  const std::string text = lower(element.as<Text>().value);
  if (text != "true" && text != "false") refuse(element, "bool");
  return {text == "true"};
}

Element scalar_to_text(const Element& element) {
  if (element.is<bool>()) return {Text{element.as<bool>() ? "true" : "false"}};
  if (element.is<Text>()) return {Text{element.as<Text>().value}};
  if (element.is<int64_t>() || element.is<double>()) return {Text{to_override_text(element)}};
  refuse(element, "str");
}

using Cast = Element (*)(const Element&);

template <class ToElement>
Element cast_choice(const ChoiceSweep& sweep, ToElement cast) {
  ChoiceSweep result{.values = {}, .is_simple = sweep.is_simple};
  for (const Element& value : sweep.values) result.values.push_back(cast(value));
  return {std::move(result)};
}

Element cast_deep(const Element& element, Cast cast) {
  if (element.is<Element::List>()) {
    Element::List result;
    for (const Element& item : element.as<Element::List>()) result.push_back(cast_deep(item, cast));
    return {std::move(result)};
  }
  if (element.is<Element::Dict>()) {
    Element::Dict result;
    for (const auto& [key, item] : element.as<Element::Dict>())
      result.emplace_back(key, cast_deep(item, cast));
    return {std::move(result)};
  }
  if (element.is<ChoiceSweep>())
    return cast_choice(element.as<ChoiceSweep>(),
                       [&](const Element& value) { return cast_deep(value, cast); });
  return cast(element);
}

template <class T>
Element cast_range(const RangeSweep& range, Cast cast) {
  const auto cast_number = [&](const Number& number) -> Number {
    return cast(std::visit([](auto value) { return Element{value}; }, number)).template as<T>();
  };
  return {RangeSweep{cast_number(range.start), cast_number(range.stop), cast_number(range.step)}};
}

// "é" -> é: json.dumps leaves nothing but ASCII. Broken UTF-8 becomes the replacement character.
void append_json_text(std::string& json, std::string_view text) {
  json += '"';
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 0;
    uint32_t point = length == 1 ? byte : length == 0 ? 0xFFFD : byte & (0xFF >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const char next = i + k < text.size() ? text[i + k] : '\0';
      point = (next & 0xC0) == 0x80 ? point << 6 | (next & 0x3F) : 0xFFFD;
    }
    i += std::max<size_t>(length, 1);
    if (point == '"' || point == '\\') {
      json += '\\';
      json += static_cast<char>(point);
    } else if (point >= 0x20 && point < 0x7F) {
      json += static_cast<char>(point);
    } else if (const size_t escape = std::string_view("\b\f\n\r\t").find(static_cast<char>(point));
               point < 0x20 && escape != std::string_view::npos) {
      json += '\\';
      json += "bfnrt"[escape];
    } else if (point < 0x10000) {
      json += fmt::format("\\u{:04x}", point);
    } else {
      json += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((point - 0x10000) >> 10), 0xDC00 + (point & 0x3FF));
    }
  }
  json += '"';
}

void append_json(std::string& json, const Element& element, bool is_key) {
  if (element.is<Text>()) return append_json_text(json, element.as<Text>().value);
  if (element.is<Element::List>()) {
    json += '[';
    for (const char* separator = ""; const Element& item : element.as<Element::List>()) {
      json += std::exchange(separator, ", ");
      append_json(json, item, false);
    }
    json += ']';
    return;
  }
  if (element.is<Element::Dict>()) {
    json += '{';
    for (const char* separator = ""; const auto& [key, item] : element.as<Element::Dict>()) {
      json += std::exchange(separator, ", ");
      append_json(json, key, true);
      json += ": ";
      append_json(json, item, false);
    }
    json += '}';
    return;
  }
  if (holds_sweep(element)) refuse(element, "json_str");
  std::string text = element.is<bool>() ? (element.as<bool>() ? "true" : "false") : to_override_text(element);
  if (element.is<double>() && !std::isfinite(element.as<double>()))
    text = std::isnan(element.as<double>()) ? "NaN" : element.as<double>() > 0 ? "Infinity" : "-Infinity";
  json += is_key ? "\"" + text + "\"" : text;
}

Element value_to_json(const Element& element) {
  std::string json;
  append_json(json, element, /*is_key=*/false);
  return {Text{std::move(json)}};
}

}  // namespace

Element cast_to_integer(const Element& element) {
  if (element.is<IntervalSweep>()) return element;
  if (element.is<RangeSweep>()) return cast_range<int64_t>(element.as<RangeSweep>(), scalar_to_integer);
  return cast_deep(element, scalar_to_integer);
}

Element cast_to_float(const Element& element) {
  if (element.is<IntervalSweep>()) return element;
  if (element.is<RangeSweep>()) return cast_range<double>(element.as<RangeSweep>(), scalar_to_float);
  return cast_deep(element, scalar_to_float);
}

Element cast_to_boolean(const Element& element) { return cast_deep(element, scalar_to_boolean); }

Element cast_to_text(const Element& element) { return cast_deep(element, scalar_to_text); }

Element cast_to_json(const Element& element) {
  if (element.is<ChoiceSweep>()) return cast_choice(element.as<ChoiceSweep>(), value_to_json);
  return value_to_json(element);
}

}  // namespace retort::config
