// SPDX-License-Identifier: MIT
#include "retort/config/override.h"

#include <cstdlib>

#include <unistd.h>

#include "driver.h"
#include "pieces.h"
#include "retort/core/error.h"

namespace {

constexpr unsigned kMaxSeconds = 2;

constexpr std::string_view kPieces[] = {
    "a=1",
    "a.b=x",
    "g/h@p.q=o",
    "+a=",
    "++a=",
    "~a",
    "~a=",
    "a",
    "b.0",
    "$c",
    "=",
    "@",
    "/",
    ".",
    ",",
    " ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ":",
    "'",
    "\"",
    "\\",
    "\\\\",
    "\\,",
    "\\ ",
    "\\'",
    "null",
    "true",
    "FALSE",
    "0",
    "10",
    "-1",
    "+1_000",
    "1.5",
    ".5e-3",
    "1e400",
    "inf",
    "nan",
    "x y",
    "it\\'s",
    "'q q'",
    "\"\\\"\"",
    "${a.b}",
    "${",
    "???",
    "1,2,3",
    "[1,[2],x]",
    "{a:1}",
    "{a: {b: 'c'}}",
    "choice(",
    "range(",
    "range(1,9)",
    "range(0,1,0.1)",
    "interval(0,1)",
    "glob(",
    "glob(*)",
    "sort(",
    "sort(3,1)",
    "shuffle(",
    "tag(t,",
    "int(",
    "float(",
    "str(",
    "bool(",
    "json_str(",
    "extend_list(",
    "reverse=true",
    "step=",
    "9223372036854775807",
    "9223372036854775808",
    "\xC3\xA9",
    "\xFF",
    "\n",
};

}  // namespace

std::vector<std::string> fuzz_seeds() { return inputs_from_pieces(kPieces); }

// What is accepted must read the same when it is written back, as the jobs of a sweep are.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alarm(kMaxSeconds);  // a hang ends the process
  using retort::config::Override;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  try {
    const Override first = retort::config::parse_override(line);
    if (!first.has_value || first.sweep.has_value()) return 0;
    const Override second = retort::config::parse_override(first.key_element() + "=" + first.value_text);
    if (second.key_element() != first.key_element()) std::abort();
  } catch (const retort::Error&) {
  }
  return 0;
}
