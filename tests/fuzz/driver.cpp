// SPDX-License-Identifier: MIT
// usage: fuzz_NAME [--inputs N] [--seed S] [FILE...]
//
// Runs N mutated inputs, the same for the same seed, or the given files. With RETORT_FUZZ_KEEP=FILE each
// input is written there before it runs, so that the one that ends the process is left.
#include "driver.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string_view>

namespace {

using Random = std::mt19937_64;

constexpr size_t kMaxInput = 1 << 16;
constexpr std::array<uint8_t, 10> kTellingBytes = {0x00, 0x01, 0x09, 0x0A, 0x20,
                                                   0x2F, 0x37, 0x7F, 0x80, 0xFF};

size_t below(Random& random, size_t bound) { return bound == 0 ? 0 : random() % bound; }

void mutate(std::string& input, const std::vector<std::string>& seeds, Random& random) {
  const size_t place = below(random, input.size());
  const size_t length = std::min(input.size() - place, 1 + below(random, 1 + below(random, 600)));
  switch (below(random, 8)) {
    case 0:
      if (!input.empty()) input[place] = static_cast<char>(input[place] ^ (1 << below(random, 8)));
      break;
    case 1:
      if (!input.empty())
        input[place] = static_cast<char>(kTellingBytes[below(random, kTellingBytes.size())]);
      break;
    case 2:  // a number of four bytes, extreme in some
      for (size_t i = place; i < std::min(place + 4, input.size()); ++i)
        input[i] = static_cast<char>(below(random, 2) == 0 ? 0x00 : random());
      break;
    case 3:
      input.resize(place);
      break;
    case 4:
      input.erase(place, length);
      break;
    case 5:
      input.insert(below(random, input.size() + 1), input.substr(place, length));
      break;
    case 6:
      input.insert(place, std::string(length, static_cast<char>(random())));
      break;
    case 7: {
      const std::string& other = seeds[below(random, seeds.size())];
      input = input.substr(0, place) + other.substr(below(random, other.size()));
      break;
    }
  }
  if (input.size() > kMaxInput) input.resize(kMaxInput);
}

void run(const std::string& input) {
  // A copy of exactly this size on the heap, so that a sanitizer sees one byte too many.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int count, char** arguments) {
  uint64_t inputs = 20'000, seed = 1;
  bool has_files = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--inputs" && i + 1 < count) {
      inputs = std::strtoull(arguments[++i], nullptr, 10);
    } else if (argument == "--seed" && i + 1 < count) {
      seed = std::strtoull(arguments[++i], nullptr, 10);
    } else {
      std::ifstream file(arguments[i], std::ios::binary);
      run({std::istreambuf_iterator<char>(file), {}});
      has_files = true;
    }
  }
  if (has_files) return 0;

  const std::vector<std::string> seeds = fuzz_seeds();
  for (const std::string& input : seeds) run(input);
  for (uint64_t number = 0; number < inputs; ++number) {
    Random random(seed * 0x9E3779B97F4A7C15 + number);
    std::string input = seeds[below(random, seeds.size())];
    for (size_t left = 1 + below(random, 6); left > 0; --left) mutate(input, seeds, random);
    static const char* const keep = std::getenv("RETORT_FUZZ_KEEP");
    if (keep != nullptr) std::ofstream(keep, std::ios::binary) << input;
    run(input);
  }
  std::printf("%llu inputs from seed %llu\n", static_cast<unsigned long long>(inputs),
              static_cast<unsigned long long>(seed));
  return 0;
}
