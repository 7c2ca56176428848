// SPDX-License-Identifier: MIT
#include "apps/evaluate_options.h"

#include "retort/config/class_numbers.h"
#include "retort/config/reader.h"

namespace retort::apps {

EvaluateOptions EvaluateOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  EvaluateOptions options{.data = data::DataOptions::from(reader.node("data")),
                          .checkpoints = reader.texts("checkpoint"),
                          .is_ensemble = reader.boolean("ensemble"),
                          .split = reader.choice("split", {"train", "validation", "test"}),
                          .class_bias = config::read_class_numbers(reader, "class_bias"),
                          .predictions = reader.optional_text("predictions"),
                          .seed = static_cast<uint64_t>(reader.integer("seed", {.at_least = 0}))};
  options.is_geometric = reader.choice("combine", {"probability_mean", "geometric_mean"}) == "geometric_mean";
  config::Reader teacher(reader.node("teacher"), "teacher");
  teacher.ignore("checkpoint");
  if (teacher.has("checkpoint")) options.teachers = teacher.texts("checkpoint");
  teacher.finish();
  if (reader.has("architecture"))
    options.architecture = models::Architecture::from(reader.node("architecture"), "architecture");
  reader.ignore("architecture");
  reader.finish();
  if (options.checkpoints.empty()) reader.fail("checkpoint", "expected at least one file");
  if (options.is_ensemble && options.checkpoints.size() < 2)
    reader.fail("ensemble", "an ensemble is a list of several checkpoints");
  if (options.predictions && options.checkpoints.size() > 1 && !options.is_ensemble)
    reader.fail("predictions", "written for one checkpoint, or for ensemble=true");
  if (options.split == "validation" && options.data.validation_size == 0)
    reader.fail("split", "nothing is held out for validation: data.validation_size is 0");
  return options;
}

}  // namespace retort::apps
