// SPDX-License-Identifier: MIT
#include "retort/config/override.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <unordered_map>

#include <fmt/format.h>

#include "retort/config/override_function.h"
#include "retort/config/override_token.h"
#include "retort/config/override_value.h"
#include "retort/config/sweep_range.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

using Kind = OverrideToken::Kind;

constexpr int kMaxDepth = 64;  // of brackets and calls in one another, and of the names in a key
constexpr size_t kMaxKeyBytes = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// What stands before the equal sign: sign, key or group, package.
class KeyParser {
 public:
  explicit KeyParser(std::string_view line) : line_(line) {}

  // Returns where the value begins, or nothing in `~key`.
  std::optional<size_t> parse(Override& result) {
    result.kind = parse_sign();
    result.key_position = position_;
    result.key_or_group = parse_key_or_group();
    if (peek() == '@') {
      ++position_;
      result.package = parse_path();
    }
    if (position_ > kMaxKeyBytes) fail(fmt::format("a key is at most {} bytes long", kMaxKeyBytes));
    if (position_ == line_.size()) {
      if (result.kind == Override::Kind::remove) return std::nullopt;
      fail(line_.empty() ? "an override is written key=value"
                         : fmt::format("'=' and a value are missing: {}=VALUE", printable(line_)));
    }
    if (peek() != '=') fail_unexpected();
    ++position_;
    while (peek() == ' ' || peek() == '\t') ++position_;
    return position_;
  }

 private:
  char peek(size_t ahead = 0) const {
    return position_ + ahead < line_.size() ? line_[position_ + ahead] : '\0';
  }

  [[noreturn]] void fail(const std::string& message) const { fail_override(line_, position_, message); }

  [[noreturn]] void fail_unexpected() const {
    if (peek() == ' ' || peek() == '\t') fail("no blank may stand in a key or before '='");
    if (peek() == '-') fail("a key does not begin with '-'");
    if (peek() == ':') fail("group@from:to is no longer Hydra's grammar; write group@package=option");
    if (peek() == '[') fail("an element of a list cannot be overridden; give the whole list");
    fail(fmt::format("'{}' cannot stand in a key", printable(line_.substr(position_, 1))));
  }

  Override::Kind parse_sign() {
    if (peek() == '~') return ++position_, Override::Kind::remove;
    if (peek() != '+') return Override::Kind::change;
    ++position_;
    if (peek() != '+') return Override::Kind::add;
    ++position_;
    return Override::Kind::force_add;
  }

  // A name: letters, digits, '_', '-' and '$', not beginning with a digit or '-'; or a number without leading
  // zeros. Returns its length, 0 where there is none.
  size_t name_length(size_t from) const {
    const auto at = [&](size_t i) { return i < line_.size() ? line_[i] : '\0'; };
    size_t i = from;
    if (at(i) == '0') return 1;
    if (is_digit(at(i))) {
      while (is_digit(at(i)) || (at(i) == '_' && is_digit(at(i + 1)))) ++i;
      return i - from;
    }
    if (at(i) == '-') return 0;
    while (is_letter(at(i)) || is_digit(at(i)) || at(i) == '_' || at(i) == '-' || at(i) == '$') ++i;
    return i - from;
  }

  // Names with dots between; nothing at all is the global package. A number may only stand beside a dot.
  std::string parse_path() {
    const size_t begin = position_;
    position_ += name_length(position_);
    if (position_ == begin) return "";
    while (peek() == '.' && name_length(position_ + 1) > 0) position_ += 1 + name_length(position_ + 1);
    const std::string_view path = line_.substr(begin, position_ - begin);
    if (std::count(path.begin(), path.end(), '.') >= kMaxDepth)
      fail(fmt::format("a key has at most {} names", kMaxDepth));
    if (is_digit(path[0]) && path.find('.') == path.npos) {
      position_ = begin;
      fail("a key cannot be a number alone");
    }
    return std::string(path);
  }

  std::string parse_key_or_group() {
    const size_t begin = position_;
    std::string key = parse_path();
    if (peek() != '/') return key;
    const auto is_plain = [](std::string_view name) { return name.find_first_of("$.") == name.npos; };
    if (key.empty() || !is_plain(key)) fail_unexpected();
    while (peek() == '/') {
      ++position_;
      const size_t length = name_length(position_);
      if (length == 0 || is_digit(peek())) fail("the name of a group is expected after '/'");
      if (!is_plain(line_.substr(position_, length)) || peek(length) == '.')
        fail("the name of a group holds no '.' or '$'");
      position_ += length;
    }
    return std::string(line_.substr(begin, position_ - begin));
  }

  std::string_view line_;
  size_t position_ = 0;
};

// What stands after the equal sign.
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

  bool is_bare(Kind kind, bool is_key) const {
    switch (kind) {
      case Kind::floating:
      case Kind::integer:
      case Kind::boolean:
      case Kind::null:
      case Kind::punctuation:
      case Kind::identifier:
      case Kind::escaped:
      case Kind::blank:
        return true;
      case Kind::colon:
      case Kind::interpolation:
        return !is_key;
      default:
        return false;
    }
  }

  // One token is what it says; several together are a string. Blanks at either end do not count.
  Element parse_bare(bool is_key) {
    size_t begin = next_;
    while (is_bare(peek().kind, is_key)) ++next_;
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
      text += tokens_[i].kind == Kind::escaped ? unescaped(tokens_[i].text) : std::string(tokens_[i].text);
    return {Text{std::move(text)}};
  }

  static std::string unescaped(std::string_view pairs) {
    std::string text;
    for (size_t i = 1; i < pairs.size(); i += 2) text += pairs[i];
    return text;
  }

  Element single(const OverrideToken& token) const {
    std::string digits(token.text);
    std::erase(digits, '_');
    switch (token.kind) {
      case Kind::floating:
        return {std::strtod(digits.c_str(), nullptr)};
      case Kind::integer: {
        if (digits[0] == '+') digits.erase(0, 1);
        int64_t value = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc())
          fail_override(line_, token.position, "this integer does not fit in 64 bits");
        return {value};
      }
      case Kind::boolean:
        return {token.text.size() == 4};
      case Kind::null:
        return {};
      case Kind::escaped:
        return {Text{unescaped(token.text)}};
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
};

std::vector<std::string> choice_texts(const ChoiceSweep& choice) {
  std::vector<std::string> texts;
  for (const Element& value : choice.values) {
    if (holds_sweep(value))
      throw CallError(fmt::format("{} cannot stand among the values of a choice", describe(value)));
    texts.push_back(to_override_text(value));
  }
  return texts;
}

std::optional<Sweep> to_sweep(const Element& element) {
  if (element.is<ChoiceSweep>()) {
    const auto& choice = element.as<ChoiceSweep>();
    return Sweep{.kind = Sweep::Kind::choice,
                 .values = choice_texts(choice),
                 .include = {},
                 .exclude = {},
                 .shuffle = choice.shuffle};
  }
  if (element.is<RangeSweep>()) {
    const auto& range = element.as<RangeSweep>();
    return Sweep{.kind = Sweep::Kind::range,
                 .values = range_values(range),
                 .include = {},
                 .exclude = {},
                 .shuffle = range.shuffle};
  }
  if (element.is<GlobSweep>()) {
    const auto& glob = element.as<GlobSweep>();
    return Sweep{.kind = Sweep::Kind::glob, .values = {}, .include = glob.include, .exclude = glob.exclude};
  }
  if (element.is<IntervalSweep>())
    return Sweep{.kind = Sweep::Kind::interval, .values = {}, .include = {}, .exclude = {}};
  return std::nullopt;
}

void set_value(Override& result, const Element& element) {
  try {
    result.sweep = to_sweep(element);
  } catch (const CallError& error) {
    fail_override(result.line, result.value_position, error.what());
  }
  if (result.sweep.has_value()) return;
  result.extends_list = element.is<ListExtension>();
  if (result.extends_list && result.kind != Override::Kind::change)
    fail_override(result.line, 0, "extend_list() goes with a plain key=extend_list(...), without + or ~");
  result.value_text = to_override_text(element);
  result.value = to_node(element, Source{.where = fmt::format("override '{}'", printable(result.line))});
}

}  // namespace

std::string Override::key_element() const {
  constexpr const char* kSigns[] = {"", "+", "++", "~"};
  return kSigns[static_cast<size_t>(kind)] + key_or_group + (package.has_value() ? "@" + *package : "");
}

Override parse_override(std::string_view line) {
  Override result;
  result.line = line;
  const std::optional<size_t> value_position = KeyParser(line).parse(result);
  if (!value_position.has_value()) return result;
  result.has_value = true;
  result.value_position = *value_position;
  // `key=` is the empty string.
  set_value(result,
            *value_position == line.size() ? Element{Text{}} : ValueParser(line, *value_position).parse());
  return result;
}

std::vector<Override> parse_overrides(const std::vector<std::string>& lines) {
  std::vector<Override> overrides;
  overrides.reserve(lines.size());
  for (const std::string& line : lines) overrides.push_back(parse_override(line));
  return overrides;
}

}  // namespace retort::config
