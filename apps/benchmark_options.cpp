// SPDX-License-Identifier: MIT
#include "apps/benchmark_options.h"

#include "retort/config/reader.h"

namespace retort::apps {

BenchmarkOptions BenchmarkOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  BenchmarkOptions options{
      .data = data::DataOptions::from(reader.node("data")),
      .checkpoints = reader.texts("checkpoint"),
      .batch_size = reader.integer("batch_size", {.at_least = 1, .at_most = 1 << 16}),
      .seconds = reader.number("seconds", {.above = 0, .at_most = 3600}),
      .num_threads = static_cast<int>(reader.integer("num_threads", {.at_least = 0, .at_most = 1024}))};
  if (reader.has("architecture"))
    options.architecture = models::Architecture::from(reader.node("architecture"), "architecture");
  reader.ignore("architecture");
  reader.finish();
  if (options.checkpoints.empty()) reader.fail("checkpoint", "expected at least one file");
  return options;
}

}  // namespace retort::apps
