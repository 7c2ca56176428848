// SPDX-License-Identifier: MIT
#pragma once

#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Inputs put together from the tokens and examples of a grammar, the same ones each time: bytes alone seldom
/// get past its first rule. One token many times over reaches the bounds on depth and size.
inline std::vector<std::string> inputs_from_pieces(std::span<const std::string_view> pieces) {
  constexpr size_t kInputs = 5000;
  std::mt19937_64 random(1);
  std::vector<std::string> inputs;
  while (inputs.size() < kInputs) {
    std::string input;
    for (size_t left = 1 + random() % (random() % 4 == 0 ? 60 : 8); left > 0; --left) {
      const size_t times = random() % 50 == 0 ? 1 + random() % 300 : 1;
      const std::string_view piece = pieces[random() % pieces.size()];
      for (size_t i = 0; i < times; ++i) input += piece;
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}
