// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_log.h"

#include <cstdlib>

#include "driver.h"
#include "retort/tracking/wandb_records.h"

using namespace retort::tracking;

// What is read, written again, is what stood there.
int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(input), size);
  std::string log = wandb_log_header();
  for (const WandbLogRecord& record : scan_wandb_log(content)) {
    if (record.end > size || record.begin >= record.end) std::abort();
    log += frame_wandb_record(record.payload, log.size());
    parse_wandb_record(record.payload);
  }
  if (!log.empty() && scan_wandb_log(log).size() != scan_wandb_log(content).size()) std::abort();
  parse_wandb_record(content);
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  std::string log = wandb_log_header();
  for (const std::string& record :
       {wandb_header_record(1), wandb_history_record(2, 5, {{"_step", "5"}, {"train/loss", "0.5"}}),
        wandb_summary_record(3, {{"train/loss", "0.5"}}), wandb_exit_record(4, 0, 12)})
    log += frame_wandb_record(record, log.size());
  return {log, wandb_history_record(2, 5, {{"_step", "5"}})};
}
