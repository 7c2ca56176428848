// SPDX-License-Identifier: MIT
#include "apps/evaluate_options.h"

#include "retort/config/reader.h"

namespace retort::apps {

EvaluateOptions EvaluateOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  EvaluateOptions options{.data = data::DataOptions::from(reader.node("data")),
                          .checkpoint = reader.text("checkpoint"),
                          .split = reader.choice("split", {"train", "validation", "test"}),
                          .predictions = reader.optional_text("predictions"),
                          .seed = static_cast<uint64_t>(reader.integer("seed", {.at_least = 0}))};
  if (reader.has("architecture"))
    options.architecture = models::Architecture::from(reader.node("architecture"), "architecture");
  reader.ignore("architecture");
  reader.finish();
  if (options.split == "validation" && options.data.validation_size == 0)
    reader.fail("split", "nothing is held out for validation: data.validation_size is 0");
  return options;
}

}  // namespace retort::apps
