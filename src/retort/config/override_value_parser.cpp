// SPDX-License-Identifier: MIT
#include "retort/config/override_value_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "retort/config/override_function.h"
#include "retort/config/override_token.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

using Kind = OverrideToken::Kind;

constexpr int kMaxDepth = 64;  // of brackets and calls in one another

class ValueParser {
 public:
  ValueParser(std::string_view line, size_t from)
      : line_(line), tokens_(tokenize_override_value(line, from)) {}

  Element parse() {
    Element first = parse_element();
    if (peek().kind == Kind::comma) {
      ChoiceSweep sweep{.values = {}, .is_simple = true};
      sweep.values.push_back(std::move(first));
      while (peek().kind == Kind::comma) {
        ++next_;
        sweep.values.push_back(parse_element());
      }
      first = {std::move(sweep)};
    }
    if (peek().kind != Kind::end) fail_unexpected("the end, or a comma");
    return first;
  }

 private:
  // Counts how deep the parser stands, and so how deep it recurses.
  class Nesting {
   public:
    explicit Nesting(ValueParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth)
        parser_.fail(fmt::format("brackets may stand in one another {} deep at most", kMaxDepth));
    }
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    ValueParser& parser_;
  };

  const OverrideToken& peek(size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }

  [[noreturn]] void fail(const std::string& message) const { fail_override(line_, peek().position, message); }

  [[noreturn]] void fail_unexpected(std::string_view expected) const {
    const OverrideToken& token = peek();
    if (token.kind == Kind::brace_open && token.position > 0 && line_[token.position - 1] == '$')
      fail_override(line_, token.position - 1, "this interpolation is never closed: ${KEY}");
    const char* hint = token.kind == Kind::equal || token.kind == Kind::parenthesis_open
                           ? "; text with special characters stands in quotes: key='...'"
                           : "";
    fail(fmt::format("{} expected, found {}{}", expected,
                     token.kind == Kind::end ? "the end" : "'" + printable(token.text) + "'", hint));
  }

  void expect(Kind kind, std::string_view expected) {
    if (peek().kind != kind) fail_unexpected(expected);
    ++next_;
  }

  Element parse_element() {
    const size_t position = tokens_[next_ + (peek().kind == Kind::blank ? 1 : 0)].position;
    if (++count_ > kMostOverrideValues)
      fail(fmt::format("an override holds at most {} values; a file takes more", kMostOverrideValues));
    Element element = parse_element_here();
    element.position = position;
    return element;
  }

  Element parse_element_here() {
    switch (peek().kind) {
      case Kind::bracket_open:
        return parse_list();
      case Kind::brace_open:
        return parse_dict();
      case Kind::quoted:
        return parse_quoted();
      case Kind::identifier:
        if (peek(1).kind == Kind::parenthesis_open) return parse_call();
        break;
      default:
        break;
    }
    return parse_bare(/*is_key=*/false);
  }

  Element parse_list() {
    const Nesting nesting(*this);
    ++next_;
    Element::List list;
    if (peek().kind != Kind::bracket_close) {
      list.push_back(parse_inner_element());
      while (peek().kind == Kind::comma) {
        ++next_;
        list.push_back(parse_inner_element());
      }
    }
    expect(Kind::bracket_close, "',' or ']'");
    return {std::move(list)};
  }

  Element parse_dict() {
    const Nesting nesting(*this);
    ++next_;
    Element::Dict dict;
    std::unordered_map<std::string, size_t> places;
    if (peek().kind != Kind::brace_close) {
      parse_item(dict, places);
      while (peek().kind == Kind::comma) {
        ++next_;
        parse_item(dict, places);
      }
    }
    expect(Kind::brace_close, "',' or '}'");
    return {std::move(dict)};
  }

  // A key written twice keeps its first place and its last value.
  void parse_item(Element::Dict& dict, std::unordered_map<std::string, size_t>& places) {
    Element key = parse_bare(/*is_key=*/true);
    expect(Kind::colon, "':'");
    Element value = parse_inner_element();
    const auto [place, is_new] = places.emplace(key_identity(key), dict.size());
    if (is_new)
      dict.emplace_back(std::move(key), std::move(value));
    else
      dict[place->second].second = std::move(value);
  }

  // Only the whole value may be swept over.
  Element parse_inner_element() {
    const size_t begin = next_;
    Element element = parse_element();
    if (holds_sweep(element)) {
      next_ = begin;
      fail(fmt::format("{} cannot stand inside a list or a dictionary", describe(element)));
    }
    return element;
  }

  Element parse_quoted() {
    const std::string_view text = peek().text;
    const char quote = text[0];
    ++next_;
    // A run of backslashes before a quote is escaped by doubling; all others are plain characters.
    std::string value;
    for (size_t i = 1; i + 1 < text.size();) {
      const size_t end = text.find_first_not_of('\\', i);
      if (text[end] != quote) {
        value.append(text.substr(i, end + 1 - i));
      } else {
        value.append((end - i) / 2, '\\');
        if (end + 1 < text.size()) value += quote;
      }
      i = end + 1;
    }
    return {Text{std::move(value), quote}};
  }

  bool may_stand_bare(bool is_key) const {
    const Kind kind = peek().kind;
    return is_bare(peek()) || (!is_key && (kind == Kind::colon || kind == Kind::interpolation));
  }

  // One token is what it says; several together are a string. Blanks at either end do not count.
  Element parse_bare(bool is_key) {
    size_t begin = next_;
    while (may_stand_bare(is_key)) ++next_;
    size_t end = next_;
    if (begin == end) fail_unexpected(is_key ? "a key" : "a value");
    if (tokens_[begin].kind == Kind::blank) ++begin;
    if (end > begin && tokens_[end - 1].kind == Kind::blank) --end;
    if (begin == end) {
      next_ = begin - 1;
      fail("a value of blanks alone must stand in quotes");
    }
    if (end - begin == 1) return single(tokens_[begin]);
    std::string text;
    for (size_t i = begin; i < end; ++i)
      text += tokens_[i].kind == Kind::escaped ? unescaped_of(tokens_[i]) : std::string(tokens_[i].text);
    return {Text{std::move(text)}};
  }

  Element single(const OverrideToken& token) const {
    switch (token.kind) {
      case Kind::floating:
        return {floating_of(token)};
      case Kind::integer: {
        const std::optional<int64_t> value = integer_of(token);
        if (!value) fail_override(line_, token.position, "this integer does not fit in 64 bits");
        return {*value};
      }
      case Kind::boolean:
        return {token.text.size() == 4};
      case Kind::null:
        return {};
      case Kind::escaped:
        return {Text{unescaped_of(token)}};
      default:
        return {Text{std::string(token.text)}};
    }
  }

  Element parse_call() {
    const Nesting nesting(*this);
    const size_t begin = peek().position;
    OverrideCall call{.name = std::string(peek().text), .arguments = {}, .named_arguments = {}};
    next_ += 2;
    if (peek().kind != Kind::parenthesis_close) {
      parse_argument(call);
      while (peek().kind == Kind::comma) {
        ++next_;
        parse_argument(call);
      }
    }
    expect(Kind::parenthesis_close, "',' or ')'");
    try {
      return call_override_function(std::move(call));
    } catch (const CallError& error) {
      fail_override(line_, begin, error.what());
    }
  }

  void parse_argument(OverrideCall& call) {
    if (peek().kind == Kind::identifier && peek(1).kind == Kind::equal) {
      std::string name(peek().text);
      next_ += 2;
      call.named_arguments.emplace_back(std::move(name), parse_element());
      return;
    }
    if (!call.named_arguments.empty()) fail("positional argument follows keyword argument");
    call.arguments.push_back(parse_element());
  }

  std::string_view line_;
  std::vector<OverrideToken> tokens_;
  size_t next_ = 0;
  int depth_ = 0;
  size_t count_ = 0;  // of elements
};

}  // namespace

Element parse_override_value(std::string_view line, size_t from) { return ValueParser(line, from).parse(); }

}  // namespace retort::config
