// SPDX-License-Identifier: MIT
#include "retort/tracking/event_file.h"

#include <cstdlib>

#include "driver.h"

using namespace retort::tracking;

int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(input), size);
  uint64_t end = 0;
  for (const EventRecord& record : scan_events(content)) {
    if (record.end <= end || record.end > size) std::abort();
    end = record.end;
  }
  // As the data of a record that is whole.
  scan_events(to_tf_record(content));
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  // Events: step 7; a summary with a scalar "a".
  const std::string step("\x10\x07", 2), summary(
                                             "\x10\x08\x2a\x0a\x0a\x08\x0a\x01"
                                             "a\x15\0\0\x80\x3f",
                                             14);
  return {to_tf_record(step) + to_tf_record(summary), step, summary};
}
