// SPDX-License-Identifier: MIT
#include "retort/config/interpolation.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "retort/config/key_index.h"
#include "retort/config/override_token.h"
#include "retort/config/python_text.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

using Token = OverrideToken;
using Kind = OverrideToken::Kind;

constexpr int kDeepest = 64;  // interpolations, lists and dictionaries in one another

// Characters that end a key: those of the grammar around it, and quotes.
constexpr std::string_view kNotInKey = "\\{}()[]:. \t'\"";

bool is_word(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_inner);
}

/// Reads and evaluates in one pass; the grammar has no choice that needs looking back.
class Evaluator {
 public:
  Evaluator(std::string_view text, InterpolationSource& source) : text_(text), source_(source) {}

  const Place* text() { return text_until('\0'); }

  const Place* single_element() {
    const Place* place = element();
    if (position_ != text_.size()) fail("nothing may follow");
    return place;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw std::invalid_argument(
        fmt::format("in '{}' at character {}: {}", printable(text_), position_ + 1, message));
  }

  std::string_view rest() const { return text_.substr(position_); }
  bool at_end() const { return position_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  bool at_interpolation() const { return rest().starts_with("${"); }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++position_;
  }
  // The first of blanks-and-then-`sign` that stands here.
  bool take(char sign) {
    const size_t begin = position_;
    skip_blanks();
    if (peek() != sign || at_end()) {
      position_ = begin;
      return false;
    }
    ++position_;
    return true;
  }

  struct Depth {
    explicit Depth(Evaluator& evaluator) : depth(evaluator.depth_) {
      if (++depth > kDeepest) evaluator.fail("nested too deeply");
    }
    ~Depth() { --depth; }
    int& depth;
  };

  /// Text with interpolations up to the quote that closes it, or to the end.
  const Place* text_until(char quote) {
    std::string joined;
    const Place* only = nullptr;
    size_t parts = 0;
    while (!at_end() && (quote == '\0' || peek() != quote)) {
      ++parts;
      if (at_interpolation()) {
        only = interpolation();
        joined += python_str(*only->node);
      } else {
        only = nullptr;
        joined += peek() == '\\' ? backslashes(quote) : plain(quote);
      }
    }
    if (quote != '\0') {
      if (at_end()) fail("this quote is never closed");
      ++position_;
      return source_.keep(Node(joined));
    }
    return parts == 1 && only != nullptr ? only : source_.keep(Node(joined));
  }

  std::string plain(char quote) {
    const size_t begin = position_;
    while (!at_end() && peek() != '\\' && (quote == '\0' || peek() != quote) && !at_interpolation())
      ++position_;
    return std::string(text_.substr(begin, position_ - begin));
  }

  // Backslashes mean something only before "${" and before a quote; there each pair is one, and an odd one
  // makes what follows plain text.
  std::string backslashes(char quote) {
    const size_t begin = position_;
    while (peek() == '\\') ++position_;
    const size_t count = position_ - begin;
    const bool before_quote = quote != '\0' && peek() == quote;
    if (!before_quote && !at_interpolation()) return std::string(count, '\\');
    std::string result(count / 2, '\\');
    if (count % 2 == 1) {
      const size_t escaped = before_quote ? 1 : 2;
      result += rest().substr(0, escaped);
      position_ += escaped;
    }
    return result;
  }

  /// ${a.b}, ${.a[b]}, ${name:arguments}
  const Place* interpolation() {
    const Depth depth(*this);
    position_ += 2;
    skip_blanks();
    std::string key;
    bool may_be_name = true;  // of a resolver: words and interpolations with dots between them
    while (peek() == '.') {
      key += '.';
      ++position_;
      may_be_name = false;
    }
    for (bool is_first = true;; is_first = false) {
      if (!is_first && take('}')) return source_.reference(key);
      if (!is_first && may_be_name && take(':')) return resolver(key);
      if (peek() == '[') {
        may_be_name = false;
        ++position_;
        key += "[" + key_part(may_be_name) + "]";
        if (peek() != ']') fail("expected ']'");
        ++position_;
      } else {
        if (!is_first) {
          if (peek() != '.') fail("expected '.', '[', ':' or '}'");
          key += '.';
          ++position_;
        }
        key += key_part(may_be_name);
      }
    }
  }

  std::string key_part(bool& may_be_name) {
    if (at_interpolation()) {
      const Place* place = interpolation();
      if (!place->node->is_string())
        fail(fmt::format("what names a key must be text, and this is {}", kind_name(*place->node)));
      return place->node->as_string();
    }
    const size_t end = std::min(text_.find_first_of(kNotInKey, position_), text_.size());
    if (end == position_) fail(at_end() ? "expected '}'" : "expected a key");
    const std::string part(text_.substr(position_, end - position_));
    position_ = end;
    may_be_name = may_be_name && is_word(part);
    return part;
  }

  const Place* resolver(const std::string& name) {
    skip_blanks();
    return source_.call(name, sequence('}'));
  }

  /// Elements with commas between them; one that is left out is the empty text.
  std::vector<const Place*> sequence(char close) {
    std::vector<const Place*> elements;
    if (take(close)) return elements;
    for (;;) {
      if (take(',')) {
        elements.push_back(source_.keep(Node("")));
        skip_blanks();
        if (take(close)) {
          elements.push_back(source_.keep(Node("")));
          return elements;
        }
        continue;
      }
      elements.push_back(element());
      if (take(close)) return elements;
      if (!take(',')) fail(fmt::format("expected ',' or '{}'", close));
      skip_blanks();
      if (take(close)) {
        elements.push_back(source_.keep(Node("")));
        return elements;
      }
    }
  }

  const Place* element() {
    const Depth depth(*this);
    const char first = peek();
    if (first == '\'' || first == '"') {
      ++position_;
      return text_until(first);
    }
    if (first == '[') return list();
    if (first == '{') return dict();
    return primitive(/*takes_colon=*/true);
  }

  const Place* list() {
    ++position_;
    skip_blanks();
    Node::List items;
    for (const Place* place : sequence(']')) items.push_back(*place->node);
    return source_.keep(Node(std::move(items)));
  }

  const Place* dict() {
    ++position_;
    skip_blanks();
    Node::Dict items;
    KeyIndex places;
    if (take('}')) return source_.keep(Node(std::move(items)));
    do {
      skip_blanks();
      const Key key = to_key(*primitive(/*takes_colon=*/false)->node);
      if (!take(':')) fail("expected ':'");
      skip_blanks();
      const Node& value = *element()->node;
      if (places.add(key, items.size()))
        items.emplace_back(key, value);
      else
        items[*places.find(key)].second = value;
    } while (take(','));
    if (!take('}')) fail("expected ',' or '}'");
    return source_.keep(Node(std::move(items)));
  }

  Key to_key(const Node& node) const {
    if (node.is_null() || node.is_list() || node.is_dict()) fail("this cannot be a key");
    if (node.is_string()) return Key(node.as_string());
    const Key::Kind kind = node.is_int()    ? Key::Kind::integer
                           : node.is_bool() ? Key::Kind::boolean
                                            : Key::Kind::floating;
    return Key(kind, python_str(node));
  }

  /// A number, boolean, null, or unquoted text of several tokens.
  const Place* primitive(bool takes_colon) {
    std::string joined;
    const Place* only = nullptr;
    size_t parts = 0;
    while (!at_end()) {
      if (takes_colon && at_interpolation()) {
        only = interpolation();
        joined += python_str(*only->node);
        ++parts;
        continue;
      }
      const Token token = next_override_token(rest());
      if (!is_bare(token) && !(takes_colon && token.kind == Kind::colon)) break;
      position_ += token.text.size();
      only = source_.keep(to_node(token));
      joined += token.kind == Kind::escaped ? unescaped_of(token) : std::string(token.text);
      ++parts;
    }
    if (parts == 0)
      fail(at_end() ? "expected a value"
                    : fmt::format("{} must stand in quotes", printable(rest().substr(0, 1))));
    return parts == 1 ? only : source_.keep(Node(joined));
  }

  Node to_node(const Token& token) const {
    switch (token.kind) {
      case Kind::null:
        return Node();
      case Kind::boolean:
        return Node(token.text[0] == 't' || token.text[0] == 'T');
      case Kind::integer: {
        const std::optional<int64_t> value = integer_of(token);
        if (!value) fail(fmt::format("{} does not fit in 64 bits", printable(token.text)));
        return Node(*value);
      }
      case Kind::floating:
        return Node(floating_of(token));
      case Kind::escaped:
        return Node(unescaped_of(token));
      default:
        return Node(token.text);
    }
  }

  std::string_view text_;
  InterpolationSource& source_;
  size_t position_ = 0;
  int depth_ = 0;
};

/// Answers anything with a text, so that only the syntax counts.
class SyntaxOnly : public InterpolationSource {
 public:
  const Place* reference(const std::string&) override { return &any_; }
  const Place* call(const std::string&, const std::vector<const Place*>&) override { return &any_; }
  const Place* keep(Node) override { return &any_; }

 private:
  Node text_{""};
  Place any_{&text_, nullptr, ""};
};

}  // namespace

const Place* evaluate_interpolation(std::string_view text, InterpolationSource& source) {
  return Evaluator(text, source).text();
}

const Place* evaluate_element(std::string_view text, InterpolationSource& source) {
  return Evaluator(text, source).single_element();
}

void check_interpolations(const Node& node) {
  if (node.is_list())
    for (const Node& item : node.as_list()) check_interpolations(item);
  if (node.is_dict())
    for (const auto& [key, value] : node.as_dict()) check_interpolations(value);
  if (!node.is_interpolation()) return;
  try {
    SyntaxOnly anything;
    evaluate_interpolation(node.as_string(), anything);
  } catch (const std::invalid_argument& error) {
    throw Error(ExitCode::config,
                fmt::format("{}{}{}", node.source().as_prefix(), error.what(), node.source().caret()));
  }
}

}  // namespace retort::config
