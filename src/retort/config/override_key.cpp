// SPDX-License-Identifier: MIT
#include "retort/config/override_key.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "retort/config/override_token.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr int kMaxNames = 64;  // with dots between them
constexpr size_t kMaxKeyBytes = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

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
    if (std::count(path.begin(), path.end(), '.') >= kMaxNames)
      fail(fmt::format("a key has at most {} names", kMaxNames));
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

}  // namespace

std::optional<size_t> parse_override_key(std::string_view line, Override& result) {
  return KeyParser(line).parse(result);
}

}  // namespace retort::config
