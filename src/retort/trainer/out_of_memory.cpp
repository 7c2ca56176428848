// SPDX-License-Identifier: MIT
#include "retort/trainer/out_of_memory.h"

#include <algorithm>

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/trainer/memory_meter.h"
#include "retort/trainer/placement.h"

namespace retort::trainer {
namespace {

std::string bytes(double value) { return human_bytes(static_cast<uint64_t>(value)); }

}  // namespace

int64_t largest_batch_within(double limit_bytes, const BatchSizeTrial& smaller,
                             const BatchSizeTrial& larger) {
  const double growth =
      std::max(1.0, (larger.peak_bytes - smaller.peak_bytes) /
                        static_cast<double>(std::max<int64_t>(1, larger.size - smaller.size)));
  const double idle = smaller.peak_bytes - growth * static_cast<double>(smaller.size);
  return std::max<int64_t>(0, static_cast<int64_t>((limit_bytes - idle) / growth));
}

Error describe(const MemoryShortage& shortage) {
  std::string text =
      fmt::format("out of memory at data.batch_size={}: {} of {} were held", shortage.batch_size,
                  bytes(shortage.peak_bytes), bytes(shortage.limit_bytes));
  text += shortage.fitting_batch_size > 0
              ? fmt::format("; data.batch_size={} would fit", shortage.fitting_batch_size)
              : "; a smaller batch needs less";
  return Error(ExitCode::resources, text);
}

Error examine_shortage(const TrainingOptions& options, const data::DataModule& data, Networks& networks,
                       optim::Optimizer& optimizer, int processes) {
  const MemoryMeter meter(device_of(*networks.model));
  const int64_t batch_size = options.data.batch_size;
  MemoryShortage shortage{
      .batch_size = batch_size, .peak_bytes = meter.peak_bytes(), .limit_bytes = meter.limit_bytes()};
  if (batch_size < 8 || processes > 1) return describe(shortage);
  try {
    const BatchSizeTrial smaller =
        try_batch_size(options, data, networks, optimizer, batch_size / 8, /*steps=*/2);
    const BatchSizeTrial larger =
        try_batch_size(options, data, networks, optimizer, batch_size / 4, /*steps=*/2);
    const int64_t fitting =
        largest_batch_within(usable_share(options.trainer) * shortage.limit_bytes, smaller, larger);
    shortage.fitting_batch_size = std::min(fitting, batch_size - 1);
  } catch (const c10::OutOfMemoryError&) {
    // Not even these: a smaller one, then.
  }
  return describe(shortage);
}

}  // namespace retort::trainer
