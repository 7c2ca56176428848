// SPDX-License-Identifier: MIT
// usage: parity_safetensors copy IN OUT | check FILE...
//
// copy reads weights and writes them; check says of each file, a line each, whether it is accepted or why
// not.
#include <cstdio>
#include <span>
#include <string_view>

#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"

int main(int count, char** arguments) {
  using namespace retort;
  const std::span<char*> rest(arguments + 1, arguments + count);
  if (rest.size() == 3 && std::string_view(rest[0]) == "copy") {
    checkpoint::save_weights(rest[2], checkpoint::load_weights(rest[1]));
    return 0;
  }
  if (rest.size() < 2 || std::string_view(rest[0]) != "check") return 1;
  for (const char* file : rest.subspan(1)) {
    try {
      checkpoint::load_weights(file);
      std::puts("accepted");
    } catch (const Error& error) {
      std::printf("refused %s\n", error.what());
    }
  }
  return 0;
}
