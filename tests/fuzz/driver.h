// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// One input to a parser: anything but a quiet return (accepted, or refused by retort::Error) ends the
/// process.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

/// Inputs that the parser takes, from which the driver makes others: bits flipped, numbers made extreme,
/// parts cut, doubled, moved between inputs.
std::vector<std::string> fuzz_seeds();
