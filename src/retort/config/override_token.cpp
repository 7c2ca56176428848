// SPDX-License-Identifier: MIT
#include "retort/config/override_token.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "retort/config/source.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

using Kind = OverrideToken::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool starts_identifier(char c) { return is_letter(c) || c == '_'; }
char lower(char c) { return is_letter(c) ? static_cast<char>(c | 0x20) : c; }

char at(std::string_view text, size_t i) { return i < text.size() ? text[i] : '\0'; }

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

// The functions below give the length of the longest match at the start of `text`, 0 where there is none.

size_t blank_length(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_blank) - text.begin());
}

// Digits with single underscores between them.
size_t digits_length(std::string_view text) {
  size_t length = is_digit(at(text, 0)) ? 1 : 0;
  while (length > 0) {
    if (is_digit(at(text, length))) {
      ++length;
    } else if (at(text, length) == '_' && is_digit(at(text, length + 1))) {
      length += 2;
    } else {
      break;
    }
  }
  return length;
}

// No leading zeros: "010" is the text 0 followed by 10.
size_t unsigned_length(std::string_view text) { return at(text, 0) == '0' ? 1 : digits_length(text); }

size_t sign_length(std::string_view text) { return at(text, 0) == '+' || at(text, 0) == '-' ? 1 : 0; }

size_t integer_length(std::string_view text) {
  const size_t sign = sign_length(text);
  const size_t digits = unsigned_length(text.substr(sign));
  return digits == 0 ? 0 : sign + digits;
}

size_t floating_length(std::string_view text) {
  const size_t sign = sign_length(text);
  const std::string_view word = text.substr(sign, 3);
  if (equals_ignoring_case(word, "inf") || equals_ignoring_case(word, "nan")) return sign + 3;

  const size_t whole = unsigned_length(text.substr(sign));
  size_t mantissa = whole;
  bool has_point = false;
  if (at(text, sign + whole) == '.') {
    const size_t fraction = digits_length(text.substr(sign + whole + 1));
    has_point = whole > 0 || fraction > 0;
    if (has_point) mantissa += 1 + fraction;
  }
  if (mantissa == 0) return 0;

  const size_t end = sign + mantissa;
  if (lower(at(text, end)) == 'e') {
    const size_t exponent_sign = sign_length(text.substr(end + 1));
    const size_t exponent = digits_length(text.substr(end + 1 + exponent_sign));
    if (exponent > 0) return end + 1 + exponent_sign + exponent;
  }
  return has_point ? end : 0;
}

size_t identifier_length(std::string_view text) {
  if (!starts_identifier(at(text, 0))) return 0;
  const auto ends = [](char c) { return !starts_identifier(c) && !is_digit(c) && c != '-'; };
  return static_cast<size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin());
}

size_t escaped_length(std::string_view text) {
  constexpr std::string_view kEscapable = "\\()[]{}:=, \t";
  size_t length = 0;
  while (at(text, length) == '\\' && length + 1 < text.size() &&
         kEscapable.find(text[length + 1]) != text.npos)
    length += 2;
  return length;
}

// A quote ends at the first quote of its kind that follows an even number of backslashes.
size_t quoted_length(std::string_view text) {
  for (size_t i = 1, backslashes = 0; i < text.size(); ++i) {
    if (text[i] == text[0] && backslashes % 2 == 0) return i + 1;
    backslashes = text[i] == '\\' ? backslashes + 1 : 0;
  }
  return 0;
}

size_t interpolation_length(std::string_view text) {
  if (!text.starts_with("${")) return 0;
  const size_t close = text.find('}');
  return close == text.npos || close == 2 ? 0 : close + 1;
}

std::string without_underscores(std::string_view text) {
  std::string result(text);
  std::erase(result, '_');
  return result;
}

Kind word_kind(std::string_view word) {
  if (equals_ignoring_case(word, "true") || equals_ignoring_case(word, "false")) return Kind::boolean;
  if (equals_ignoring_case(word, "null")) return Kind::null;
  return Kind::identifier;
}

// A separator or bracket with the blanks that belong to it; `end` where there is none.
OverrideToken separator(std::string_view rest) {
  struct Separator {
    char sign;
    Kind kind;
    bool takes_blanks_before, takes_blanks_after;
  };
  constexpr Separator kSeparators[] = {
      {',', Kind::comma, true, true},
      {':', Kind::colon, true, true},
      {'=', Kind::equal, true, true},
      {'(', Kind::parenthesis_open, true, true},
      {')', Kind::parenthesis_close, true, false},
      {'[', Kind::bracket_open, false, true},
      {']', Kind::bracket_close, true, false},
      {'{', Kind::brace_open, false, true},
      {'}', Kind::brace_close, true, false},
  };
  const size_t before = blank_length(rest);
  for (const Separator& candidate : kSeparators) {
    if (at(rest, before) != candidate.sign || (before > 0 && !candidate.takes_blanks_before)) continue;
    const size_t after = candidate.takes_blanks_after ? blank_length(rest.substr(before + 1)) : 0;
    return {candidate.kind, 0, rest.substr(0, before + 1 + after)};
  }
  return {};
}

[[noreturn]] void fail_unknown_character(std::string_view line, size_t position) {
  const char c = line[position];
  if (c == '\'' || c == '"') fail_override(line, position, "this quote is never closed");
  size_t length = 1;
  while (position + length < line.size() && (line[position + length] & 0xC0) == 0x80) ++length;
  fail_override(line, position,
                fmt::format("{} must stand in quotes: key='...'", printable(line.substr(position, length))));
}

}  // namespace

OverrideToken next_override_token(std::string_view rest) {
  if (const OverrideToken token = separator(rest); token.kind != Kind::end) return token;
  const char first = rest[0];
  if (is_blank(first)) return {Kind::blank, 0, rest.substr(0, blank_length(rest))};
  if (first == '\'' || first == '"') return {Kind::quoted, 0, rest.substr(0, quoted_length(rest))};

  const size_t identifier = identifier_length(rest);
  const OverrideToken candidates[] = {
      {Kind::floating, 0, rest.substr(0, floating_length(rest))},
      {Kind::integer, 0, rest.substr(0, integer_length(rest))},
      {word_kind(rest.substr(0, identifier)), 0, rest.substr(0, identifier)},
      {Kind::escaped, 0, rest.substr(0, escaped_length(rest))},
      {Kind::interpolation, 0, rest.substr(0, interpolation_length(rest))},
      {Kind::punctuation, 0,
       rest.substr(0, std::string_view("/-\\+.$%*@?|").find(first) != rest.npos ? 1 : 0)},
  };
  // max_element keeps the first of equals.
  return *std::max_element(std::begin(candidates), std::end(candidates),
                           [](const auto& a, const auto& b) { return a.text.size() < b.text.size(); });
}

std::vector<OverrideToken> tokenize_override_value(std::string_view line, size_t from) {
  std::vector<OverrideToken> tokens;
  for (size_t position = from; position < line.size();) {
    OverrideToken token = next_override_token(line.substr(position));
    if (token.text.empty()) fail_unknown_character(line, position);
    token.position = position;
    position += token.text.size();
    tokens.push_back(token);
  }
  tokens.push_back({Kind::end, line.size(), {}});
  return tokens;
}

std::optional<int64_t> integer_of(const OverrideToken& token) {
  std::string digits = without_underscores(token.text);
  if (digits[0] == '+') digits.erase(0, 1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

double floating_of(const OverrideToken& token) {
  return std::strtod(without_underscores(token.text).c_str(), nullptr);
}

std::string unescaped_of(const OverrideToken& token) {
  std::string text;
  for (size_t i = 1; i < token.text.size(); i += 2) text += token.text[i];
  return text;
}

bool is_bare(const OverrideToken& token) {
  switch (token.kind) {
    case Kind::floating:
    case Kind::integer:
    case Kind::boolean:
    case Kind::null:
    case Kind::punctuation:
    case Kind::identifier:
    case Kind::escaped:
    case Kind::blank:
      return !token.text.empty();
    default:
      return false;
  }
}

void fail_override(std::string_view line, size_t position, const std::string& message) {
  throw Error(ExitCode::config, fmt::format("Error parsing override '{}': {}{}", printable(line), message,
                                            caret_lines(line, position)));
}

}  // namespace retort::config
