// SPDX-License-Identifier: MIT
// usage: atomic_write PATH BYTES LETTER
//
// Replaces the file by BYTES times LETTER, in several writes, and prints "durable" once it is. What goes
// wrong is one line on stderr and the exit code, as in the program.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "retort/core/error.h"
#include "retort/core/file.h"

int main(int count, char** arguments) {
  if (count != 4) return 1;
  std::signal(SIGXFSZ, SIG_IGN);
  constexpr size_t kWrites = 3;
  const size_t size = std::strtoul(arguments[2], nullptr, 10);
  const std::string part(size / kWrites, arguments[3][0]);
  try {
    retort::AtomicFile file(arguments[1], size);
    for (size_t i = 0; i < kWrites; ++i) file.write(std::as_bytes(std::span(part)));
    file.commit();
  } catch (const retort::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  std::puts("durable");
  return 0;
}
