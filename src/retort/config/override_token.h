// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::config {

/// A piece of an override's value. Brackets, commas, colons and equal signs swallow the blanks that Hydra's
/// grammar lets stand around them.
struct OverrideToken {
  enum class Kind {
    end,
    comma,
    colon,
    equal,
    parenthesis_open,
    parenthesis_close,
    bracket_open,
    bracket_close,
    brace_open,
    brace_close,
    floating,       // 3.14, -20., 1e-1, inf, nan
    integer,        // 0, -20, 1_000
    boolean,        // true, FALSE
    null,           // null, NULL
    punctuation,    // one of / - \ + . $ % * @ ? |
    identifier,     // foo-bar_10
    escaped,        // pairs of backslash and \ ( ) [ ] { } : = , blank or tab
    blank,          // blanks and tabs
    quoted,         // 'text', "text"
    interpolation,  // ${...} up to the first closing brace
  };

  Kind kind = Kind::end;
  size_t position = 0;    // in the line, in bytes from 0
  std::string_view text;  // as written
};

/// The token at the start of `rest`, which is not empty; without text where no token starts with its first
/// character. At each place the longest token wins, and among equally long ones the one that stands first
/// above, so that `inf` is a number and `info` an identifier.
OverrideToken next_override_token(std::string_view rest);

/// Cuts line[from:] into tokens; the last one is `end`. At each place the longest token wins, and among
/// equally long ones the one that stands first above, so that `inf` is a number and `info` an identifier.
std::vector<OverrideToken> tokenize_override_value(std::string_view line, size_t from);

/// What an integer says; nothing where it does not fit in 64 bits.
std::optional<int64_t> integer_of(const OverrideToken& token);
double floating_of(const OverrideToken& token);
/// What an escaped token says: each second character.
std::string unescaped_of(const OverrideToken& token);
/// Whether a token may be part of unquoted text, a number or a word.
bool is_bare(const OverrideToken& token);

/// Throws the Error (config) of an override: the message, the line, and a caret below `position`.
[[noreturn]] void fail_override(std::string_view line, size_t position, const std::string& message);

}  // namespace retort::config
