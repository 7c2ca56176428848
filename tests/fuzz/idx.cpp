// SPDX-License-Identifier: MIT
#include "retort/data/idx.h"

#include <cstdlib>

#include "driver.h"
#include "retort/core/error.h"

using namespace retort;
using namespace retort::data;

// What is accepted is as large as the header says, and as the file is.
int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  try {
    MemorySource source("fuzz", {input, size});
    const IdxImages images = read_idx_images(source);
    if (images.pixels.size() + 16 != size) std::abort();
    if (images.pixels.size() != static_cast<size_t>(images.count * images.rows * images.columns))
      std::abort();
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) std::abort();
  }
  try {
    MemorySource source("fuzz", {input, size});
    const auto labels = read_idx_labels(source, /*num_classes=*/10);
    if (labels.size() + 8 != size) std::abort();
    for (const int64_t label : labels)
      if (label < 0 || label > 9) std::abort();
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) std::abort();
  }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03", 16) + "abcdefabcdef",
          std::string("\0\0\x08\x01\0\0\0\x05\x01\x02\x03\x04\x05", 13)};
}
