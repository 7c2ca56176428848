// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "driver.h"
#include "pieces.h"
#include "retort/config/yaml_reader.h"
#include "retort/core/error.h"

namespace {

constexpr unsigned kMaxSeconds = 2;

constexpr std::string_view kPieces[] = {
    "a: 1\n",
    "b:\n",
    "  c: x\n",
    "- 1\n",
    "  - y\n",
    "? k\n",
    ": v\n",
    "&x ",
    "*x",
    "<<: *x\n",
    "<<: [*x, *x]\n",
    "{a: 1}",
    "[1, 2]",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ": ",
    "- ",
    "\n",
    "  ",
    "\t",
    "#c\n",
    "'q'",
    "\"d\\n\"",
    "'",
    "\"",
    "\\",
    "|\n  t\n",
    ">-\n  t\n",
    "!!str ",
    "!!python/object ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "null",
    "~",
    "yes",
    "off",
    "010",
    "0x1F",
    "0b101",
    "1_000",
    "1e3",
    ".inf",
    "-.NaN",
    "1:30:45",
    "2020-01-01",
    "=",
    "<<",
    "???",
    "${a.b}",
    "@",
    "`",
    "9223372036854775808",
    "defaults:\n",
    "  - db: mysql\n",
    "  - _self_\n",
    "# @package x\n",
    "a: &a [*a]\n",
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "\xEF\xBB\xBF",
    "\xC3\xA9",
    "\xFF",
    "\xED\xA0\x80",
    "\x01",
    std::string_view("\0", 1),
};

}  // namespace

std::vector<std::string> fuzz_seeds() { return inputs_from_pieces(kPieces); }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alarm(kMaxSeconds);  // a hang ends the process
  try {
    retort::config::read_yaml({reinterpret_cast<const char*>(data), size}, "input.yaml");
  } catch (const retort::Error&) {
  }
  return 0;
}
