// SPDX-License-Identifier: MIT
#include "retort/data/cifar10.h"

#include <cstdlib>

#include "driver.h"
#include "retort/core/error.h"

using namespace retort;
using namespace retort::data;

namespace {
constexpr int64_t kRecords = 2;
}

int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  try {
    MemorySource source("fuzz", {input, size});
    Dataset dataset = empty_cifar10();
    append_cifar10_records(source, kRecords, dataset);
    if (size != kRecords * kCifar10RecordBytes || dataset.size() != kRecords) std::abort();
    for (const int64_t label : dataset.labels)
      if (label < 0 || label > 9) std::abort();
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) std::abort();
  }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  std::string records(kRecords * kCifar10RecordBytes, 'x');
  records[0] = 3;
  records[kCifar10RecordBytes] = 9;
  return {records};
}
