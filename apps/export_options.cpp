// SPDX-License-Identifier: MIT
#include "apps/export_options.h"

#include "retort/config/reader.h"

namespace retort::apps {

ExportOptions ExportOptions::from(const config::Node& config) {
  config::Reader reader(config, "");
  ExportOptions options{
      .data = data::DataOptions::from(reader.node("data")),
      .checkpoint = reader.text("checkpoint"),
      .format = reader.choice("format", {"onnx", "safetensors", "pytorch"}),
      .dtype = reader.choice("dtype", {"fp32", "bf16", "int8"}),
      .calibration_size = reader.integer("calibration_size", {.at_least = 1, .at_most = 1 << 20}),
      .output = reader.text("output")};
  if (reader.has("architecture"))
    options.architecture = models::Architecture::from(reader.node("architecture"), "architecture");
  reader.ignore("architecture");
  reader.finish();
  if (options.dtype == "int8" && options.format != "onnx")
    reader.fail("dtype", "int8 is more than its weights: format=onnx holds the scales of all values too");
  return options;
}

}  // namespace retort::apps
