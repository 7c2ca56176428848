// SPDX-License-Identifier: MIT
#include "retort/config/yaml_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "retort/config/override_value.h"
#include "retort/config/scalar.h"

namespace retort::config {
namespace {

constexpr size_t kWidth = 80;
constexpr size_t kIndent = 2;

bool contains(std::u32string_view set, char32_t c) { return set.find(c) != set.npos; }
bool is_break(char32_t c) { return c == U'\n' || c == 0x85 || c == 0x2028 || c == 0x2029; }
// What separates an indicator from text; the end of the text counts too.
bool is_space(char32_t c) { return c == U' ' || c == U'\t' || c == U'\r' || c == U'\0' || is_break(c); }

// Code points; a byte that is no UTF-8 becomes a lone surrogate, as in Python's file system encoding.
std::u32string decode(std::string_view text) {
  std::u32string points;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 0;
    char32_t point = length == 1 ? byte : length == 0 ? 0 : byte & (0xFF >> (length + 1));
    bool is_whole = length > 0 && i + length <= text.size();
    for (size_t k = 1; is_whole && k < length; ++k) {
      is_whole = (text[i + k] & 0xC0) == 0x80;
      point = point << 6 | (text[i + k] & 0x3F);
    }
    constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
    is_whole =
        is_whole && point >= kSmallest[length] && point <= 0x10FFFF && !(point >= 0xD800 && point < 0xE000);
    points += is_whole ? point : 0xDC00 + char32_t{byte};
    i += is_whole ? length : 1;
  }
  return points;
}

void append_utf8(std::string& text, char32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int continuations = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr std::array<unsigned, 4> kLead = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(kLead[static_cast<size_t>(continuations)] | point >> (6 * continuations));
  for (int i = continuations - 1; i >= 0; --i) text += static_cast<char>(0x80 | (point >> (6 * i) & 0x3F));
}

enum class Style { plain, single_quoted, double_quoted };

// What the characters of a text allow, outside flow style.
struct Analysis {
  bool is_multiline = false;
  bool allows_plain = true;
  bool allows_single_quoted = true;
};

bool is_printable(char32_t c) {
  if (c == U'\n' || (c >= 0x20 && c <= 0x7E)) return true;
  const bool is_unicode = c == 0x85 || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
                          (c >= 0x10000 && c < 0x10FFFF);
  return is_unicode && c != 0xFEFF;
}

// Whether a character is YAML's own where it stands, so that the text cannot be bare.
bool is_indicator(std::u32string_view text, size_t i) {
  const bool is_followed_by_space = i + 1 == text.size() || is_space(text[i + 1]);
  const char32_t c = text[i];
  if (i == 0) return contains(U"#,[]{}&*!|>'\"%@`", c) || (contains(U"?:-", c) && is_followed_by_space);
  return (c == U':' && is_followed_by_space) || (c == U'#' && is_space(text[i - 1]));
}

Analysis analyze(std::u32string_view text) {
  Analysis result;
  if (text.empty()) return result;
  if (text.starts_with(U"---") || text.starts_with(U"...")) result.allows_plain = false;
  const auto is_blank = [](char32_t c) { return c == U' ' || is_break(c); };
  if (is_blank(text.front()) || is_blank(text.back())) result.allows_plain = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t previous = i > 0 ? text[i - 1] : U'x';
    if (is_indicator(text, i)) result.allows_plain = false;
    if (is_break(text[i])) {
      result.is_multiline = true;
      result.allows_plain = false;
    }
    const bool is_blank_beside_break =
        (text[i] == U' ' && is_break(previous)) || (is_break(text[i]) && previous == U' ');
    if (is_blank_beside_break || !is_printable(text[i]))
      result.allows_plain = result.allows_single_quoted = false;
  }
  return result;
}

bool is_yaml_boolean(std::string_view text) {
  constexpr std::string_view kWords[] = {"y",  "Y",  "yes",  "Yes",  "YES",  "n",     "N",     "no",
                                         "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
                                         "on", "On", "ON",   "off",  "Off",  "OFF"};
  return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

std::string float_text(const std::string& python) {
  if (python == "nan") return ".nan";
  if (python == "inf" || python == "-inf") return python == "inf" ? ".inf" : "-.inf";
  // PyYAML reads no float without a point: 1e-05 is 1.0e-05.
  const size_t exponent = python.find('e');
  if (exponent == python.npos || python.find('.') != python.npos) return python;
  return python.substr(0, exponent) + ".0" + python.substr(exponent);
}

// A scalar as it is about to be written.
struct Scalar {
  std::u32string text;
  bool must_be_quoted = false;  // bare, it would read as another kind
  size_t tag_length = 0;        // of "!!str" and its kin: PyYAML counts it to the length of a key
};

Scalar text_scalar(const std::string& text) {
  const bool reads_as_other =
      is_yaml_boolean(text) || is_python_number(text) || plain_scalar_kind(text) != ScalarKind::text;
  return {decode(text), reads_as_other, std::string_view("!!str").size()};
}

Scalar bare_scalar(const std::string& text, std::string_view tag) {
  return {decode(text), false, tag.size()};
}

Scalar key_scalar(const Key& key) {
  switch (key.kind()) {
    case Key::Kind::integer:
      return bare_scalar(key.text(), "!!int");
    case Key::Kind::floating:
      return bare_scalar(float_text(key.text()), "!!float");
    case Key::Kind::boolean:
      return bare_scalar(key.text() == "True" ? "true" : "false", "!!bool");
    default:
      return text_scalar(key.text());
  }
}

Scalar value_scalar(const Node& node) {
  if (node.is_null()) return bare_scalar("null", "!!null");
  if (node.is_bool()) return bare_scalar(node.as_bool() ? "true" : "false", "!!bool");
  if (node.is_int()) return bare_scalar(std::to_string(node.as_int()), "!!int");
  if (node.is_float()) return bare_scalar(float_text(python_float(node.as_float())), "!!float");
  return text_scalar(node.as_string());
}

class Writer {
 public:
  std::string write(const Node& root) {
    write_node(root, Within::root, 0);
    if (column_ > 0) line_break();
    return std::move(out_);
  }

 private:
  enum class Within { root, list, dict };

  // `indent` is that of the list or dictionary that holds the node.
  void write_node(const Node& node, Within within, size_t indent) {
    const bool is_list = node.is_list(), is_dict = node.is_dict();
    if ((is_list && node.as_list().empty()) || (is_dict && node.as_dict().empty())) {
      indicator(is_list ? U"[]" : U"{}", /*needs_blank=*/true);
    } else if (is_list) {
      // A list stands right below its key; anything else moves to the right.
      const bool stays = within == Within::root || (within == Within::dict && !is_line_start_);
      write_list(node.as_list(), stays ? indent : indent + kIndent);
    } else if (is_dict) {
      write_dict(node.as_dict(), within == Within::root ? indent : indent + kIndent);
    } else {
      write_scalar(value_scalar(node), indent + kIndent, /*is_key=*/false);
    }
  }

  void write_list(const Node::List& list, size_t indent) {
    for (const Node& item : list) {
      start_line(indent);
      indicator(U"-", /*needs_blank=*/true, /*keeps_line_start=*/true);
      write_node(item, Within::list, indent);
    }
  }

  void write_dict(const Node::Dict& dict, size_t indent) {
    constexpr size_t kLongestSimpleKey = 127;
    for (const auto& [key, value] : dict) {
      start_line(indent);
      const Scalar scalar = key_scalar(key);
      const bool is_simple = scalar.text.size() + scalar.tag_length <= kLongestSimpleKey &&
                             !scalar.text.empty() && !analyze(scalar.text).is_multiline;
      if (is_simple) {
        write_scalar(scalar, indent + kIndent, /*is_key=*/true);
        indicator(U":", /*needs_blank=*/false);
      } else {
        indicator(U"?", /*needs_blank=*/true, /*keeps_line_start=*/true);
        write_scalar(scalar, indent + kIndent, /*is_key=*/false);
        start_line(indent);
        indicator(U":", /*needs_blank=*/true, /*keeps_line_start=*/true);
      }
      write_node(value, Within::dict, indent);
    }
  }

  void write_scalar(const Scalar& scalar, size_t indent, bool is_key) {
    const Analysis analysis = analyze(scalar.text);
    const Style style = !scalar.must_be_quoted && analysis.allows_plain ? Style::plain
                        : analysis.allows_single_quoted && !(is_key && analysis.is_multiline)
                            ? Style::single_quoted
                            : Style::double_quoted;
    if (style == Style::double_quoted) {
      indicator(U"\"", /*needs_blank=*/true);
      write_escaped(scalar.text, indent, /*folds=*/!is_key);
      indicator(U"\"", /*needs_blank=*/false);
      return;
    }
    const bool is_quoted = style == Style::single_quoted;
    indicator(is_quoted ? U"'" : U"", /*needs_blank=*/true);
    write_folded(scalar.text, indent, /*folds=*/!is_key, is_quoted);
    indicator(is_quoted ? U"'" : U"", /*needs_blank=*/false);
  }

  // A single blank past the width becomes a new line; a line break in the text becomes an empty line.
  void write_folded(std::u32string_view text, size_t indent, bool folds, bool is_quoted) {
    for (size_t begin = 0; begin < text.size();) {
      const auto same_kind = [&](char32_t c) {
        if (text[begin] == U' ') return c == U' ';
        if (is_break(text[begin])) return is_break(c);
        return c != U' ' && !is_break(c);
      };
      const auto stop =
          std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), same_kind);
      const auto end = static_cast<size_t>(stop - text.begin());
      const std::u32string_view run = text.substr(begin, end - begin);
      if (is_break(text[begin])) {
        if (text[begin] == U'\n') line_break();
        for (const char32_t c : run) line_break(c);
        start_line(indent);
      } else if (run == U" " && column_ > kWidth && folds && begin != 0 && end != text.size()) {
        start_line(indent);
      } else {
        for (const char32_t c : run) {
          if (c == U'\'' && is_quoted) put(c);
          put(c);
        }
      }
      begin = end;
    }
  }

  static std::string escape(char32_t c) {
    constexpr std::pair<char32_t, const char*> kShort[] = {
        {0x00, "\\0"},   {0x07, "\\a"}, {0x08, "\\b"}, {0x09, "\\t"},   {0x0A, "\\n"},
        {0x0B, "\\v"},   {0x0C, "\\f"}, {0x0D, "\\r"}, {0x1B, "\\e"},   {U'"', "\\\""},
        {U'\\', "\\\\"}, {0x85, "\\N"}, {0xA0, "\\_"}, {0x2028, "\\L"}, {0x2029, "\\P"},
    };
    for (const auto& [point, text] : kShort)
      if (point == c) return text;
    const auto value = static_cast<uint32_t>(c);
    return value <= 0xFF     ? fmt::format("\\x{:02X}", value)
           : value <= 0xFFFF ? fmt::format("\\u{:04X}", value)
                             : fmt::format("\\U{:08X}", value);
  }

  static bool needs_escape(char32_t c) {
    const bool is_plain =
        (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD);
    return !is_plain || contains(U"\"\\\x85\u2028\u2029\uFEFF", c);
  }

  // The place of a fold is the one PyYAML picks: at a blank, or right behind an escape.
  void write_escaped(std::u32string_view text, size_t indent, bool folds) {
    size_t start = 0;  // of what is not written yet
    const auto flush = [&](size_t end) {
      for (; start < end; ++start) put(text[start]);
    };
    for (size_t i = 0; i < text.size(); ++i) {
      if (needs_escape(text[i])) {
        flush(i);
        for (const char c : escape(text[i])) put(static_cast<char32_t>(c));
        start = i + 1;
      }
      const bool may_fold = i > 0 && i + 1 < text.size() && (text[i] == U' ' || start >= i);
      if (may_fold && column_ + i > kWidth + start && folds) {
        flush(i);
        put(U'\\');
        start_line(indent);
        is_after_blank_ = is_line_start_ = false;
        if (text[start] == U' ') put(U'\\');
      }
    }
    flush(text.size());
  }

  void put(char32_t c) {
    append_utf8(out_, c);
    ++column_;
  }

  void line_break(char32_t c = U'\n') {
    append_utf8(out_, c);
    column_ = 0;
    is_after_blank_ = is_line_start_ = true;
  }

  // Moves to this column of a line that holds nothing yet but indicators.
  void start_line(size_t indent) {
    if (!is_line_start_ || column_ > indent || (column_ == indent && !is_after_blank_)) line_break();
    if (column_ >= indent) return;
    is_after_blank_ = true;
    while (column_ < indent) put(U' ');
  }

  void indicator(std::u32string_view text, bool needs_blank, bool keeps_line_start = false) {
    if (needs_blank && !is_after_blank_) put(U' ');
    for (const char32_t c : text) put(c);
    is_after_blank_ = false;
    is_line_start_ = is_line_start_ && keeps_line_start;
  }

  std::string out_;
  size_t column_ = 0;           // in code points
  bool is_after_blank_ = true;  // also at the start of a line
  bool is_line_start_ = true;   // nothing but blanks and the indicators - ? : so far
};

}  // namespace

std::string to_yaml(const Node& node) { return Writer().write(node); }

}  // namespace retort::config
