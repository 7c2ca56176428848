// SPDX-License-Identifier: MIT
#include "retort/config/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace retort::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_sign(char c) { return c == '+' || c == '-'; }

/// Walks over text; each take_x moves past what it names and says how many characters that were.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_sign() { return take('+') || take('-'); }
  template <class Predicate>
  size_t take_while(Predicate predicate) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    const auto count = static_cast<size_t>(end - rest_.begin());
    rest_.remove_prefix(count);
    return count;
  }
  size_t take_digits() { return take_while(is_digit); }
  size_t take_digits_or_underscores() {
    return take_while([](char c) { return is_digit(c) || c == '_'; });
  }
  /// A digit, then digits and underscores.
  bool take_number() { return !rest_.empty() && is_digit(rest_[0]) && take_digits_or_underscores() > 0; }
  /// Digits with single underscores between them.
  bool take_grouped_digits() {
    if (take_digits() == 0) return false;
    while (rest_.size() > 1 && rest_[0] == '_' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      take_digits();
    }
    return true;
  }
  /// ":" and minutes or seconds, at least once.
  bool take_sexagesimal() {
    size_t parts = 0;
    while (rest_.size() > 1 && rest_[0] == ':' && is_digit(rest_[1])) {
      const bool has_two = rest_.size() > 2 && is_digit(rest_[2]) && rest_[1] <= '5';
      rest_.remove_prefix(has_two ? 3 : 2);
      ++parts;
    }
    return parts > 0;
  }
  /// An exponent; true also where there is none.
  bool take_exponent(bool needs_sign) {
    if (!take('e') && !take('E')) return true;
    if (!take_sign() && needs_sign) return false;
    return take_digits() > 0;
  }

 private:
  std::string_view rest_;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_infinity_or_nan(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (!text.empty() && is_sign(text[0])) text.remove_prefix(1);
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

// PyYAML's float: a point is required, and an exponent has a sign.
bool is_yaml_float(std::string_view text) {
  if (is_infinity_or_nan(text)) return true;
  if (Cursor c(text); c.take('.'))
    return c.take_number() && c.take_exponent(/*needs_sign=*/true) && c.at_end();
  Cursor c(text);
  c.take_sign();
  if (!c.take_number()) return false;
  if (c.take('.')) {
    c.take_digits_or_underscores();
    return c.take_exponent(/*needs_sign=*/true) && c.at_end();
  }
  if (!c.take_sexagesimal() || !c.take('.')) return false;
  c.take_digits_or_underscores();
  return c.at_end();
}

// What OmegaConf adds: 1e3, 1.5e3.
bool is_omegaconf_float(std::string_view text) {
  Cursor c(text);
  c.take_sign();
  if (!c.take_grouped_digits()) return false;
  const bool has_point = c.take('.');
  if (has_point) c.take_digits_or_underscores();
  const bool has_exponent = text.find_first_of("eE") != text.npos;
  return (has_point || has_exponent) && c.take_exponent(/*needs_sign=*/false) && c.at_end();
}

bool is_yaml_integer(std::string_view text) {
  Cursor c(text);
  c.take_sign();
  if (c.take('0')) {
    if (c.at_end()) return true;
    if (c.take('b'))
      return c.take_while([](char d) { return d == '0' || d == '1' || d == '_'; }) > 0 && c.at_end();
    if (c.take('x'))
      return c.take_while([](char d) { return std::isxdigit(d) != 0 || d == '_'; }) > 0 && c.at_end();
    return c.take_while([](char d) { return (d >= '0' && d <= '7') || d == '_'; }) > 0 && c.at_end();
  }
  if (!c.take_number()) return false;
  return c.at_end() || (c.take_sexagesimal() && c.at_end());
}

bool is_timestamp(std::string_view text) {
  Cursor c(text);
  if (c.take_digits() != 4 || !c.take('-')) return false;
  const size_t month = c.take_digits();
  if (month < 1 || month > 2 || !c.take('-')) return false;
  const size_t day = c.take_digits();
  if (day < 1 || day > 2) return false;
  if (c.at_end()) return month == 2 && day == 2;
  const auto is_blank = [](char d) { return d == ' ' || d == '\t'; };
  if (!c.take('T') && !c.take('t') && c.take_while(is_blank) == 0) return false;
  const size_t hour = c.take_digits();
  if (hour < 1 || hour > 2 || !c.take(':') || c.take_digits() != 2 || !c.take(':') || c.take_digits() != 2)
    return false;
  if (c.take('.')) c.take_digits();
  c.take_while(is_blank);
  if (c.at_end() || (c.take('Z') && c.at_end())) return true;
  if (!c.take_sign()) return false;
  const size_t zone = c.take_digits();
  if (zone < 1 || zone > 2) return false;
  return c.at_end() || (c.take(':') && c.take_digits() == 2 && c.at_end());
}

std::string without_underscores(std::string_view text) {
  std::string result(text);
  std::erase(result, '_');
  return result;
}

int64_t parse_digits(std::string_view digits, int base) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error == std::errc::result_out_of_range) throw std::invalid_argument("an integer beyond 64 bits");
  if (error != std::errc{} || end != digits.data() + digits.size())
    throw std::invalid_argument("an integer without digits");
  return value;
}

int64_t parse_integer(std::string_view text) {
  std::string digits = without_underscores(text);
  const bool is_negative = digits[0] == '-';
  if (is_sign(digits[0])) digits.erase(0, 1);
  const std::string minus = is_negative ? "-" : "";
  if (digits == "0") return 0;
  if (digits.starts_with("0b")) return parse_digits(minus + digits.substr(2), 2);
  if (digits.starts_with("0x")) return parse_digits(minus + digits.substr(2), 16);
  if (digits.starts_with("0")) return parse_digits(minus + digits, 8);
  if (digits.find(':') == digits.npos) return parse_digits(minus + digits, 10);

  int64_t value = 0;
  for (size_t begin = 0; begin <= digits.size();) {
    const size_t end = std::min(digits.find(':', begin), digits.size());
    const int64_t part = parse_digits(std::string_view(digits).substr(begin, end - begin), 10);
    if (__builtin_mul_overflow(value, 60, &value) || __builtin_add_overflow(value, part, &value))
      throw std::invalid_argument("an integer beyond 64 bits");
    begin = end + 1;
  }
  return is_negative ? -value : value;
}

double parse_decimal(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

double parse_float(std::string_view text) {
  std::string digits = without_underscores(text);
  if (is_infinity_or_nan(text)) {
    if (digits.back() == 'n' || digits.back() == 'N') return std::numeric_limits<double>::quiet_NaN();
    return digits[0] == '-' ? -std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::infinity();
  }
  if (digits.find(':') == digits.npos) return parse_decimal(digits);
  const bool is_negative = digits[0] == '-';
  if (is_sign(digits[0])) digits.erase(0, 1);
  double value = 0;
  for (size_t begin = 0; begin <= digits.size();) {
    const size_t end = std::min(digits.find(':', begin), digits.size());
    value = value * 60 + parse_decimal(digits.substr(begin, end - begin));
    begin = end + 1;
  }
  return is_negative ? -value : value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (is_one_of(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) return true;
  if (is_one_of(text, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) return false;
  return std::nullopt;
}

/// str.strip() of Python, which knows the blanks of Unicode.
std::string_view python_strip(std::string_view text) {
  constexpr std::string_view kBlanks[] = {
      " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\x1c",   "\x1d",   "\x1e",   "\x1f",
      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
      "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        is_changed = true;
      } else if (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        is_changed = true;
      }
    }
  }
  return text;
}

}  // namespace

ScalarKind plain_scalar_kind(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return ScalarKind::null;
  if (parse_boolean(text)) return ScalarKind::boolean;
  if (text == "<<") return ScalarKind::merge;
  if (text == "=") return ScalarKind::value;
  if (is_yaml_float(text)) return ScalarKind::floating;
  if (is_yaml_integer(text)) return ScalarKind::integer;
  if (is_timestamp(text)) return ScalarKind::timestamp;
  return ScalarKind::text;
}

Node plain_scalar(std::string_view text) {
  switch (plain_scalar_kind(text)) {
    case ScalarKind::null:
      return Node();
    case ScalarKind::boolean:
      return Node(*parse_boolean(text));
    case ScalarKind::integer:
      return Node(parse_integer(text));
    case ScalarKind::floating:
      return Node(parse_float(text));
    case ScalarKind::merge:
    case ScalarKind::value:
      throw std::invalid_argument("'" + std::string(text) + "' must stand in quotes");
    case ScalarKind::text:
    case ScalarKind::timestamp:
      break;
  }
  if (is_omegaconf_float(text)) return Node(parse_float(text));
  return Node(text);
}

bool is_python_number(std::string_view text) {
  text = python_strip(text);
  if (text.empty()) return false;

  std::string word(text.substr(is_sign(text[0]) ? 1 : 0));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  if (is_one_of(word, {"inf", "infinity", "nan"})) return true;

  Cursor c(word);
  const bool has_whole = c.take_grouped_digits();
  const bool has_fraction = c.take('.') && c.take_grouped_digits();
  if (!has_whole && !has_fraction) return false;
  if (c.take('e')) {
    c.take_sign();
    return c.take_grouped_digits() && c.at_end();
  }
  return c.at_end();
}

}  // namespace retort::config
